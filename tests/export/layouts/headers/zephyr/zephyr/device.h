#pragma once
#include <stdbool.h>
struct device {
    const char *name;
};
extern const struct device nas_test_dmic_dev;
#define DT_NODELABEL(label) label
#define DEVICE_OF(node) (&nas_test_##node)
#define DEVICE_DT_GET(node) DEVICE_OF(node)
bool device_is_ready(const struct device *dev);
