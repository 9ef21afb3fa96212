# make train: everything from nothing to a trained and evaluated policy. make test: lint, types, tests.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
RUN    ?= runs/quickstart-$(shell date +%Y%m%d-%H%M%S)
RULES  := rules:random rules:reactive rules:push rules:accommodate rules:max_entropy rules:ask_then_propose rules:ipro rules:script rules:informed

.PHONY: train tune test lint check bench vectors clean
.DELETE_ON_ERROR:

train: $(VENV)/installed
	$(BIN)/python train.py --out $(RUN)
	$(BIN)/python evaluate.py $(RUN) $(RULES) --populations mixed people --out $(RUN)/evaluation

tune: $(VENV)/installed
	$(BIN)/python tune.py

test: lint
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -n 2

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/installed
	$(BIN)/python -m benchmarks

vectors: $(VENV)/installed
	HF_HUB_OFFLINE=1 $(BIN)/python -m dialogue_env

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet 'torch>=2.8,<2.14'
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
