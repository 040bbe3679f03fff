#pragma once
void log_line(const char *tag, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define ESP_LOGI(tag, format, ...) log_line(tag, format, ##__VA_ARGS__)
#define ESP_LOGW(tag, format, ...) log_line(tag, format, ##__VA_ARGS__)
