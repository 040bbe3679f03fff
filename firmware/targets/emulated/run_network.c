/* The least application of a network alone: its size is what the tree takes of a board. */
#include "model.h"

int main(void);

static volatile int8_t sensor;
static volatile int8_t answer;

int main(void)
{
    for (;;) {
        nas_model_input()[0] = sensor;
        nas_model_run();
        answer = nas_model_output()[0];
    }
}
