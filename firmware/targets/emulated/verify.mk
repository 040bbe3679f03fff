# What the emulated targets share: builds emulated/verify.c with the tree above and runs it;
# verify_network.c where the tree is a network alone.
#
# Set before: TARGET (this folder), CORE, CC, ARCH (flags of the core), LIBRARIES, QEMU (command
# with board and clock), and LINK where the script is not link.ld. The flags are those that
# nas.cost measures with.

ROOT := ../..
BUILD := $(ROOT)/build/$(CORE)
LINK ?= link.ld
CFLAGS ?= -O2
override CFLAGS += -std=c99 -ffunction-sections -fdata-sections -Wall -Wextra -Wconversion -Wshadow -Werror
INCLUDE := $(addprefix -I$(ROOT)/,include generated app targets/emulated)
CONSOLE := -display none -monitor none -serial none -chardev stdio,id=sh \
           -semihosting-config enable=on,target=native,chardev=sh

ifneq ($(wildcard $(ROOT)/app),)
PROGRAM := $(addprefix $(ROOT)/,generated/labels.c generated/frontend_tables.c targets/host/clip.c) \
           $(ROOT)/targets/emulated/verify.c
else
PROGRAM := $(ROOT)/targets/emulated/verify_network.c
endif
SOURCES := $(foreach area,kernels frontend app,$(wildcard $(ROOT)/$(area)/*.c)) $(PROGRAM) \
           $(addprefix $(ROOT)/generated/,model.c test_vectors.c) \
           $(addprefix $(ROOT)/targets/emulated/,target.c print.c) \
           $(wildcard $(ROOT)/targets/$(TARGET)/*.c)
OBJECTS := $(patsubst $(ROOT)/%.c,$(BUILD)/%.o,$(SOURCES))

.DELETE_ON_ERROR:
.PHONY: run all clean

all: $(BUILD)/nas_verify.elf

run: all
	$(QEMU) $(CONSOLE) -kernel $(BUILD)/nas_verify.elf

$(BUILD)/nas_verify.elf: $(OBJECTS) $(LINK)
	$(CC) -nostdlib -Wl,--gc-sections $(ARCH) -T $(LINK) $(OBJECTS) $(LIBRARIES) \
	  -lgcc -lc -lgcc -o $@

$(BUILD)/%.o: $(ROOT)/%.c
	@mkdir -p $(dir $@)
	$(CC) $(CFLAGS) $(ARCH) $(INCLUDE) -MMD -c $< -o $@

-include $(OBJECTS:.o=.d)

clean:
	rm -rf $(BUILD)
