#pragma once
typedef int esp_err_t;
void abort_on_error(esp_err_t error);
#define ESP_ERROR_CHECK(x) abort_on_error(x)
