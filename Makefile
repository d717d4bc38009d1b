# The front door. `make help` lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help report test bench check lint format build install clean

OUTPUT ?= report
PREFIX ?= /usr/local
LAYERSCOPE := .build/debug/layerscope

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

report: ## set up everything, collect what is on this machine and in Samples/, write the report
	@scripts/install-packages report
	@$(MAKE) --no-print-directory build
	@scripts/report $(LAYERSCOPE) $(OUTPUT)

test: ## install what the tests need, then run all of them
	@scripts/install-packages test
	@swift build --build-tests
	@swift test --skip-build --disable-xctest --no-parallel

bench: ## measure speed in a release build, as ratios in one run (20 minutes)
	@scripts/install-packages bench
	@swift build -c release --product layerscope-bench
	@.build/release/layerscope-bench $(BENCH)

check: lint build ## lint and build
	@swift build --build-tests

lint: ## check the style of every Swift file and script
	@git ls-files '*.swift' | xargs swift format lint --strict
	@for script in $$(git ls-files scripts .ci/run Samples/build-samples); do bash -n "$$script"; done

format: ## put every Swift file in the project's style
	@git ls-files '*.swift' | xargs swift format --in-place

build: ## build the debug binary
	@swift build --product layerscope

install: ## build the release binary and install it under PREFIX
	@scripts/install-packages report
	@swift build -c release --product layerscope
	@install -D .build/release/layerscope $(DESTDIR)$(PREFIX)/bin/layerscope

clean: ## remove everything that was built
	@rm -rf .build $(OUTPUT)
