# filterd (GNU make). Override on the command line or in config.mak; `make help` lists the targets.

LAYERS := base text engine rules scan wire pool serve archive
PKGS   := libhs libzmq libpcre2-8 icu-uc libprotobuf-c libsodium yaml-0.1 json-c libsystemd

comma  := ,
BUILD  := build$(if $(SAN),-$(subst $(comma),-,$(SAN)))
CFLAGS ?= -O2 -g
WARN   := -std=c17 -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wno-missing-field-initializers -Werror
HARDEN := -fstack-protector-strong -fPIE $(if $(SAN),,-D_FORTIFY_SOURCE=2)
ALL    := $(WARN) -march=x86-64-v2 $(CFLAGS) $(HARDEN) $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer) -D_GNU_SOURCE -Ifilterd -I$(BUILD)/proto
LIBS    = $(shell pkg-config --libs $(PKGS)) -lmecab -lcsv -lm -pthread -pie -Wl,-z,relro,-z,now
-include config.mak

SOURCES    := $(foreach layer,$(LAYERS),$(wildcard filterd/$(layer)/*.c))
PROTO_C    := $(BUILD)/proto/filter.pb-c.c
OBJECTS    := $(SOURCES:%.c=$(BUILD)/%.o) $(PROTO_C:.c=.o)
TOOLS      := $(patsubst filterd/cmd/%.c,$(BUILD)/%,$(wildcard filterd/cmd/filterd.c filterd/cmd/filterctl.c))
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/*/test_*.c))

all: $(TOOLS)

# --- code ---------------------------------------------------------------------------------------------------------

$(BUILD)/libfilterd.a: $(OBJECTS)
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL) -MMD -MP -c -o $@ $<

$(BUILD)/proto/%.o: $(BUILD)/proto/%.c
	$(CC) $(ALL) -c -o $@ $<

# The wire form in C: every string becomes bytes (a NUL must not hide the rest of a text), which leaves the wire as it is.
$(PROTO_C): proto/filterd/v1/filter.proto
	@mkdir -p $(@D)
	sed -E 's/^( +)((repeated )?)string (.*);/\1\2bytes \4;/' $< > $(@D)/filter.proto
	protoc --proto_path=$(@D) --c_out=$(@D) $(@D)/filter.proto

$(SOURCES:%.c=$(BUILD)/%.o): | $(PROTO_C)

$(BUILD)/filterd: $(BUILD)/filterd/cmd/filterd.o $(patsubst %.c,$(BUILD)/%.o,$(wildcard filterd/cmd/filterd_*.c)) $(BUILD)/libfilterd.a
	$(CC) $(ALL) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)
$(BUILD)/filterctl: $(BUILD)/filterd/cmd/filterctl.o $(patsubst %.c,$(BUILD)/%.o,$(wildcard filterd/cmd/filterctl_*.c)) $(BUILD)/libfilterd.a
	$(CC) $(ALL) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)

# A test links the layers up to its own and no other: an include upwards would not link.
layers_to = $(foreach layer,$(LAYERS),$(if $(found),,$(layer)$(if $(filter $(layer),$(1)),$(eval found:=1))))$(eval found:=)
.SECONDEXPANSION:
$(BUILD)/tests/%: tests/%.c $$(patsubst %.c,$(BUILD)/%.o,$$(foreach l,$$(call layers_to,$$(patsubst %/,%,$$(dir $$*))),$$(wildcard filterd/$$(l)/*.c))) $(PROTO_C:.c=.o)
	@mkdir -p $(@D)
	$(CC) $(ALL) -Itests -MMD -MP -o $@ $(filter %.c %.o,$^) $(LIBS) -lcmocka

.PHONY: all
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
