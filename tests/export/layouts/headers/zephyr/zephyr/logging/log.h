#pragma once
#define LOG_LEVEL_INF 3
#define LOG_MODULE_REGISTER(name, level) extern const int name##_level_##level
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define LOG_INF(...) log_line(__VA_ARGS__)
#define LOG_WRN(...) log_line(__VA_ARGS__)
#define LOG_ERR(...) log_line(__VA_ARGS__)
