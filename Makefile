# filterd (GNU make). Override on the command line or in config.mak; `make help` lists the targets.

LAYERS := base text engine rules scan wire pool serve archive tune
PKGS   := libhs libpsl libzmq libpcre2-8 icu-uc libprotobuf-c libsodium yaml-0.1 json-c libsystemd libseccomp

comma  := ,
BUILD  := build$(if $(SAN),-$(subst $(comma),-,$(SAN)))
OBJ    := $(BUILD)/obj
CFLAGS ?= -O2 -g
WARN   := -std=c17 -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wno-missing-field-initializers -Werror
WARN   += $(if $(findstring clang,$(CC)),-Wno-unknown-attributes)
HARDEN := -fstack-protector-strong -fPIE $(if $(SAN),,-D_FORTIFY_SOURCE=2)
ALL    := $(WARN) -march=x86-64-v2 $(CFLAGS) $(HARDEN) $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer) -D_GNU_SOURCE -Ifilterd -I$(BUILD)/proto
# Asked for in recipes only: `make run` installs pkg-config itself.
LIBS    = $(shell pkg-config --libs $(PKGS)) -larchive -lmecab -lcsv -lm -pthread -pie -Wl,-z,relro,-z,now
JOBS   := -j$(shell nproc)
Q      := $(if $(V),,@)
say     = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))
SECONDS_PER_TARGET = $(or $(SECONDS),60)
-include config.mak

SOURCES    := $(foreach layer,$(LAYERS),$(wildcard filterd/$(layer)/*.c))
PROTO_C    := $(BUILD)/proto/filter.pb-c.c
OBJECTS    := $(SOURCES:%.c=$(OBJ)/%.o) $(PROTO_C:.c=.o)
TOOLS      := $(patsubst filterd/cmd/%.c,$(BUILD)/%,$(wildcard filterd/cmd/filterd.c filterd/cmd/filterctl.c))
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/*/test_*.c))
FUZZERS    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCHES    := $(patsubst %.c,$(BUILD)/%,$(filter-out bench/bench.c,$(wildcard bench/*.c)))
FORMATTED   = $(shell find filterd tests bench -name '*.[ch]' | sort)

all: $(TOOLS) ## build/filterd and build/filterctl

# --- what people call ---------------------------------------------------------------------------------------------

run: ## install what is missing, build, ask the running service real questions
	@tests/setup.sh run
	@$(MAKE) --no-print-directory $(JOBS) all $(BUILD)/python/filter_pb2.py
	@tests/demo

test: ## install what is missing, run every test; the last line counts them
	@tests/setup.sh run test
	@tests/run

test-batch: ## archives at scale: Slurm, Kubernetes' manifest, PostgreSQL, memory, 200 kills (installs what these need)
	@tests/setup.sh run test batch
	@$(MAKE) --no-print-directory $(JOBS) all
	@bats tests/batch

bench: ## measure against mecab, Hyperscan, ripgrep and a bare echo; CORPUS=file for other texts
	@tests/setup.sh run bench
	@$(MAKE) --no-print-directory $(JOBS) all bench-programs $(BUILD)/python/filter_pb2.py
	@bench/run $(if $(CORPUS),--corpus $(CORPUS)) $(BENCH_FLAGS)

overload: ## offer five times what the service can do for SECONDS=60; one greedy client beside nine
	@tests/setup.sh run bench
	@$(MAKE) --no-print-directory $(JOBS) all bench-programs
	@bench/overload.py --seconds $(SECONDS_PER_TARGET)

fuzz: ## run each fuzz target for SECONDS=60
	@tests/setup.sh run test
	@tests/run --only fuzz --fuzz-seconds $(SECONDS_PER_TARGET)

soak: ## a service under mixed load for MESSAGES=1000000: each request answered once, nothing grows
	@tests/setup.sh run test
	@$(MAKE) --no-print-directory $(JOBS) all $(BUILD)/python/filter_pb2.py
	@tests/soak/soak.py $(or $(MESSAGES),1000000)

faults: ## the long fault tests (tests/faults): processes, peers, disks, broken policies, 1,000 reloads under load
	@tests/setup.sh run test
	@$(MAKE) --no-print-directory $(JOBS) all $(patsubst %.c,$(BUILD)/%,$(wildcard tests/faults/test_*.c)) $(BUILD)/python/filter_pb2.py
	@FILTERD_FAULTS=long $(BUILD)/tests/faults/test_failing
	@FILTERD_FAULTS=long $(BUILD)/tests/faults/test_failing_check
	@FILTERD_FAULTS=long $(BUILD)/tests/faults/test_failing_service
	@tests/faults/run.py
	@tests/faults/reload_storm.py

COUNTING = -fprofile-instr-generate=$(CURDIR)/build-coverage/counts/%c%m.profraw -fcoverage-mapping -fprofile-update=atomic \
  -mllvm -runtime-counter-relocation -Wno-unused-command-line-argument
coverage: ## how much of each layer the tests run, in lines, functions and branches (build-coverage/)
	@tests/setup.sh run test coverage
	@$(MAKE) --no-print-directory $(BUILD)/python/filter_pb2.py
	@$(MAKE) --no-print-directory $(JOBS) CC=clang BUILD=build-coverage CFLAGS='-O1 -g $(COUNTING)' all unit-tests
	@tests/coverage build-coverage

lint: ## layers, sizes, format and proto, without building
	@tests/run --only lint

format: ## clang-format in place
	clang-format -i $(FORMATTED)

models: $(BUILD)/models/train ## make the name tagger again (models/README.md); TRAIN=dir of labelled texts
	python3 models/train/words.py models/names.words
	python3 models/train/prepare.py $(BUILD)/models/train.tsv $(if $(TRAIN),--train $(TRAIN))
	$< models $(BUILD)/models/train.tsv models/names.model

calibrate: $(BUILD)/filterctl ## compare what rules claim with labelled texts (docs/info-types.md); TRAIN=files
	@cat $(or $(TRAIN),tests/golden/labelled/*.jsonl) > $(BUILD)/labelled.jsonl
	@$< test -d dictionaries --rules --labelled $(BUILD)/labelled.jsonl

topics: $(BUILD)/models/topics_train ## make the topic model again (models/topics/README.md); TRAIN=dir of the texts
	$(if $(TRAIN),,$(error TRAIN=dir is needed, see models/topics/README.md))
	python3 models/topics/generate.py models/topics dictionaries $(TRAIN) > $(BUILD)/models/topics.tsv
	$< $(BUILD)/models/topics.tsv models/topics/topics.model models/topics/report.txt

$(BUILD)/models/topics_train: models/topics/train.c models/topics/corpus.c $(BUILD)/libfilterd.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL) -ffp-contract=off -MMD -MP -o $@ $(filter %.c %.a,$^) $(LIBS)

clean: ## remove everything built
	rm -rf build build-*

help: ## this list; V=1 shows the commands of a build
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 16

# --- code ---------------------------------------------------------------------------------------------------------

$(BUILD)/libfilterd.a: $(OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(OBJ)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL) $(DEFINES) -MMD -MP -c -o $@ $<

# What judges, as one number: it stands in the hash of every ruleset.
ENGINE_FILES := $(sort $(foreach layer,base text engine rules scan,$(wildcard filterd/$(layer)/*.[ch])))
$(OBJ)/filterd/rules/versions.o: $(ENGINE_FILES)
$(OBJ)/filterd/rules/versions.o: DEFINES = -DENGINE_CODE='"$(shell cat $(ENGINE_FILES) | sha256sum | cut -c 1-16)"'

$(BUILD)/proto/%.o: $(BUILD)/proto/%.c
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL) -c -o $@ $<

# The wire form in C: every string becomes bytes (a NUL must not hide the rest of a text), which leaves the wire as it is.
$(PROTO_C): proto/filterd/v1/filter.proto
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)sed -E 's/^( +)((repeated )?)string (.*);/\1\2bytes \4;/' $< > $(@D)/filter.proto
	$(Q)protoc --proto_path=$(@D) --c_out=$(@D) $(@D)/filter.proto

$(SOURCES:%.c=$(OBJ)/%.o): | $(PROTO_C)

# The same file for Python clients (strings stay strings).
$(BUILD)/python/filter_pb2.py: proto/filterd/v1/filter.proto
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)protoc --proto_path=$(<D) --python_out=$(@D) $<

$(BUILD)/filterd: $(OBJ)/filterd/cmd/filterd.o $(patsubst %.c,$(OBJ)/%.o,$(wildcard filterd/cmd/filterd_*.c)) $(BUILD)/libfilterd.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)
$(BUILD)/filterctl: LIBS += -lxlsxwriter
$(BUILD)/filterctl: $(OBJ)/filterd/cmd/filterctl.o $(patsubst %.c,$(OBJ)/%.o,$(wildcard filterd/cmd/filterctl_*.c)) $(BUILD)/libfilterd.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)

# --- tests and benches --------------------------------------------------------------------------------------------

unit-tests: $(UNIT_TESTS)
fuzzers: $(FUZZERS)
bench-programs: $(BENCHES)

# A test links the layers up to its own and no other: an include upwards would not link.
layers_to = $(foreach layer,$(LAYERS),$(if $(found),,$(layer)$(if $(filter $(layer),$(1)),$(eval found:=1))))$(eval found:=)
objects_to = $(foreach layer,$(call layers_to,$(1)),$(patsubst %.c,$(OBJ)/%.o,$(wildcard filterd/$(layer)/*.c)))
.SECONDEXPANSION:
$(BUILD)/tests/%: tests/%.c $$(call objects_to,$$(*D)) $(PROTO_C:.c=.o)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL) -Itests -MMD -MP -o $@ $< $(filter %.o,$^) $(LIBS) -lcmocka

# What fails there on purpose (tests/faults/failing.h).
$(BUILD)/tests/faults/%: LIBS += -Wl,--wrap=arena_alloc,--wrap=arena_alloc_array,--wrap=state_candidate

# libFuzzer: make CC=clang SAN=fuzzer,address,undefined fuzzers
$(BUILD)/tests/fuzz/%: tests/fuzz/%.c $(BUILD)/libfilterd.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL) -Itests -MMD -MP -o $@ $< $(filter %.a,$^) $(LIBS)

$(BENCHES): $(OBJ)/bench/bench.o
$(BUILD)/bench/%: bench/%.c $(OBJ)/bench/bench.o $(BUILD)/libfilterd.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL) -MMD -MP -o $@ $< $(filter %.o %.a,$^) $(LIBS)

$(BUILD)/models/train: $(wildcard models/train/*.[ch]) $(BUILD)/libfilterd.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL) -Imodels/train -o $@ $(filter %.c %.a,$^) $(LIBS)

.PHONY: test-batch all models topics calibrate run test bench overload fuzz soak faults coverage lint format clean help unit-tests fuzzers bench-programs
.DELETE_ON_ERROR:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
