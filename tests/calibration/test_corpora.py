import gzip
import json
import re

import pytest

from calibration.corpora.labels import check_labels, label_map
from calibration.corpora.published import corpus_file, load_corpora
from calibration.corpora.readers.ab_redial import read_dialogue_ratings, read_turn_ratings
from calibration.corpora.readers.betold import read_betold
from calibration.corpora.readers.casino import read_casino
from calibration.corpora.readers.cima import read_cima
from calibration.corpora.readers.controllable import read_controllable
from calibration.corpora.readers.dialop import read_dialop
from calibration.corpora.readers.in3 import ASSISTANTS, read_in3
from calibration.corpora.readers.mimics import read_mimics
from calibration.corpora.readers.mimics_duo import read_mimics_duo
from calibration.corpora.readers.p4g import read_annotated, read_full
from calibration.corpora.readers.proactive import read_proactive
from calibration.corpora.readers.qulac import read_qulac
from calibration.corpora.readers.star import read_star
from calibration.corpora.readers.tiage import read_tiage
from calibration.corpora.readers.topical_chat import read_topical_chat
from rewards import InputError


def test_the_corpora_are_those_with_a_reader():
    names = "P4G BETOLD CaSiNo AB-ReDial Qulac MIMICS TIAGE STAR DialOp ProactiveAgent CIMA Controllable-Dialogue IN3 MIMICS-Duo Topical-Chat"
    assert list(load_corpora()) == names.split()


def test_a_missing_folder_is_named_with_the_files_it_should_have(tmp_path):
    message = f"{tmp_path / 'CaSiNo'}: no such corpus folder; expected the files casino_train.json, casino_valid.json (see docs/calibration.md)"
    with pytest.raises(InputError, match=re.escape(message)):
        read_casino(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    (tmp_path / "CIMA").mkdir()
    with pytest.raises(InputError, match=re.escape(f"{tmp_path / 'CIMA' / 'dataset.json'}: no such file; CIMA consists of dataset.json")):
        read_cima(tmp_path)


def test_an_unknown_corpus_or_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="unknown corpus 'MultiWOZ'; valid: P4G, BETOLD, "):
        corpus_file("MultiWOZ", tmp_path, "data.json")
    with pytest.raises(InputError, match=re.escape("unknown file of MIMICS 'MIMICS-Click.tsv'; valid: MIMICS-Manual.tsv")):
        load_corpora()["MIMICS"].file(tmp_path, "MIMICS-Click.tsv")


TURNS = "ConvId," + ",".join(f"{name}{place}" for place in (1, 2, 3) for name in ("relevance", "interestingness", "overall"))
CASINO = {"dialogue_id": 1, "chat_logs": [], "participant_info": {}, "annotations": [["a", "b"]]}
ARMS = "factor,level,enjoyment_1_to_4\n"
PANE = "query\tquestion\toption_1\toption_2\toption_3\toption_4\toption_5\t"
ASKED = {"role": "Assistant", "type": "response", "content": "Why?"}
CHAT = {"content": [{"agent": "agent_1", "turn_rating": "Good"}], "conversation_rating": {"agent_1": "Good", "agent_2": "Good"}}
STATE = {"past_convo": ["a", "b"], "studentActions": ["True"], "tutorResponses": [], "tutorActions": []}


def in3(record):
    """Return the files of IN3 with one record."""
    return {f"IN3/records_{assistant}.jsonl": json.dumps(record) for assistant in ASSISTANTS}


@pytest.mark.parametrize(
    ("reader", "files", "message"),
    [
        (read_betold, {"BETOLD/BETOLD_valid.json": b"\xff"}, "BETOLD_valid.json: not readable as a text in UTF-8"),
        (read_betold, {"BETOLD/BETOLD_valid.json": "[{]"}, "BETOLD_valid.json: not valid JSON: Expecting property name"),
        (read_betold, {"BETOLD/BETOLD_valid.json": {}}, "BETOLD_valid.json: must be a list, not dict"),
        (read_betold, {"BETOLD/BETOLD_valid.json": []}, "BETOLD_valid.json: no dialogue in which both sides speak"),
        (read_betold, {"BETOLD/BETOLD_valid.json": [{"LUHF": "maybe"}]}, "call 0: LUHF: must be one of luhf, not_luhf, not 'maybe'"),
        (read_betold, {"BETOLD/BETOLD_valid.json": [{"LUHF": "luhf"}]}, "call 0: key 'utterances_annotations' is missing"),
        (read_annotated, {"P4G/300_dialog.xlsx": "no", "P4G/300_info.xlsx": "no"}, "300_dialog.xlsx: not readable as an Excel workbook"),
        (read_full, {"P4G/full_dialog.csv": "B2,B4\n", "P4G/full_info.csv": ""}, "full_dialog.csv: column Unit is missing"),
        (read_full, {"P4G/full_dialog.csv": "B2,B4,Unit\nx,2,hi\n", "P4G/full_info.csv": ""}, "full_dialog.csv: line 2: column B4: must be 0"),
        (read_full, {"P4G/full_dialog.csv": "B2,B4,Unit\nx,1,hi\n", "P4G/full_info.csv": ""}, "full_info.csv: not readable as a table in UTF-8"),
        (read_casino, {"CaSiNo/casino_train.json": [CASINO], "CaSiNo/casino_valid.json": []}, "game 1: annotations: 1 of them belong to no message"),
        (read_tiage, {"TIAGE/anno_train.json": [], "TIAGE/anno_dev.json": {}}, "anno_train.json: must be an object of chats, not list"),
        (read_tiage, {"TIAGE/anno_train.json": {"1": [["hi", "9"]]}, "TIAGE/anno_dev.json": {}}, "chat 1: turn 0: label must be one of -1, 0, 1"),
        (read_star, {"STAR/star_compact.jsonl.gz": b"no"}, "star_compact.jsonl.gz: not readable as a gzip file"),
        (read_star, {"STAR/star_compact.jsonl.gz": gzip.compress(b"{}")}, "star_compact.jsonl.gz: line 1: key 'CompletionLevel' is missing"),
        (read_star, {"STAR/star_compact.jsonl.gz": gzip.compress(b"{}" * 99)[:-9]}, "star_compact.jsonl.gz: not readable as a gzip file"),
        (read_dialop, {"DialOp/data.zip": b"no"}, "data.zip: not readable as a zip archive"),
        (read_cima, {"CIMA/dataset.json": {"prepDataset": {"0": STATE}}}, "state 0: studentActions: must be 4 times True or False"),
        (read_qulac, {"Qulac/qulac.json": {"question": {}, "topic_facet_question_id": {}}}, "qulac.json: key 'answer' is missing"),
        (
            read_turn_ratings,
            {"AB-ReDial/annotated_turns.csv": f"{TURNS}\nx,1,2,3,1,2,3,1,2,6\n"},
            "column overall3: row 1: must be a whole number in [1, 5], not '6'",
        ),
        (read_turn_ratings, {"AB-ReDial/annotated_turns.csv": "ConvId\n"}, "annotated_turns.csv: column relevance1, interestingness1, overall1"),
        (read_dialogue_ratings, {"AB-ReDial/annotated_dialogues.csv": "ConvId,dialogue-overall\nx,ok\n"}, "column dialogue-overall: row 1: not a number: 'ok'"),
        (read_mimics, {"MIMICS/MIMICS-Manual.tsv": b"question_label\n\xff\n"}, "MIMICS-Manual.tsv: not readable as a table in UTF-8"),
        (read_proactive, {"ProactiveAgent/train_data.jsonl": '\n{"obs": []}'}, "train_data.jsonl: line 2: key 'annotation' is missing"),
        (read_controllable, {"Controllable-Dialogue/arms.csv": "factor,level\n"}, "arms.csv: column enjoyment_1_to_4 is missing"),
        (
            read_controllable,
            {"Controllable-Dialogue/arms.csv": f"{ARMS}asking,0,2\nasking,1,5\n"},
            "arms.csv: column enjoyment_1_to_4: row 2: must be a number in [1, 4], not '5'",
        ),
        (read_controllable, {"Controllable-Dialogue/arms.csv": f"{ARMS}asking,0,\n"}, "column enjoyment_1_to_4: row 1: must be a number in [1, 4], not ''"),
        (read_in3, in3({"actions": []}), "records_llama2.jsonl: line 1: key 'query_options_list' is missing"),
        (read_in3, in3({"actions": [{"role": "Bot", "type": "response"}]}), "line 1: action 0: role: must be one of User, Assistant, not 'Bot'"),
        (read_in3, in3({"actions": [{"role": "User", "type": "?"}]}), "line 1: action 0: type: must be one of response, summary, not '?'"),
        (
            read_in3,
            in3({"actions": [ASKED], "query_options_list": []}),
            "line 1: query_options_list: must have 1 entries, one for each inquiry, not 0",
        ),
        (
            read_in3,
            in3({"actions": [ASKED], "query_options_list": [[{"query": "Why?", "options": []}]]}),
            "line 1: action 0: an inquiry must have an answer of the user after it",
        ),
        (
            read_mimics_duo,
            {
                "MIMICS-Duo/Task2-QualityLabelling.tsv": f"{PANE}OverallClarificationPaneQuality\na\tb\tx\ty\t\t\t\t6\n",
                "MIMICS-Duo/Mimics-ClickExploreSampling.tsv": f"{PANE}engagement_level\n",
            },
            "Task2-QualityLabelling.tsv: column OverallClarificationPaneQuality: row 1: must be a whole number in [1, 5], not '6'",
        ),
        (
            read_mimics_duo,
            {
                "MIMICS-Duo/Task2-QualityLabelling.tsv": f"{PANE}OverallClarificationPaneQuality\na\tb\tx\ty\t\t\t\t5\n",
                "MIMICS-Duo/Mimics-ClickExploreSampling.tsv": f"{PANE}engagement_level\n",
            },
            "Mimics-ClickExploreSampling.tsv: 1 panes of Task2-QualityLabelling.tsv have no engagement_level",
        ),
        (read_topical_chat, {"Topical-Chat/valid_freq.json": [], "Topical-Chat/valid_rare.json": {}}, "valid_freq.json: must be an object of chats, not list"),
        (
            read_topical_chat,
            {"Topical-Chat/valid_freq.json": {"x": CHAT | {"content": [{"agent": "me"}]}}, "Topical-Chat/valid_rare.json": {}},
            "valid_freq.json: chat x: message 0: agent: must be one of agent_1, agent_2, not 'me'",
        ),
        (
            read_topical_chat,
            {"Topical-Chat/valid_freq.json": {"x": CHAT | {"conversation_rating": {"agent_1": "Fine"}}}, "Topical-Chat/valid_rare.json": {}},
            "chat x: conversation_rating: agent_1: must be one of Poor, Not Good, Passable, Good, Excellent, not 'Fine'",
        ),
    ],
)
def test_a_fault_in_a_corpus_names_the_file_and_place(put, tmp_path, reader, files, message: str):
    for name, content in files.items():
        put(name, content)
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        reader(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("reader", "name", "dialogues", "exchanges", "dropped"),
    [
        (read_annotated, "p4g", 300, 3109, {}),
        (read_betold, "betold", 1352, 14194, {}),
        (read_casino, "casino", 1860, 13679, {}),
        (read_tiage, "tiage", 400, 3119, {}),
        (read_star, "star", 6028, 59951, {"it is empty": 447, "only the person speaks": 177}),
        (read_dialop, "dialop", 705, 3818, {}),
        (read_cima, "cima", 1135, 4450, {}),
    ],
)
def test_the_published_corpora_are_read_whole_and_all_labels_are_mapped(corpora_root, reader, name: str, dialogues: int, exchanges: int, dropped):
    log = reader(corpora_root)
    assert len(log.dialogues) == dialogues == len({dialogue.name for dialogue in log.dialogues})
    assert sum(len(dialogue.exchanges) for dialogue in log.dialogues) == exchanges
    assert log.dropped == dropped
    check_labels(label_map(name), log, name)


def test_the_donations_of_p4g(corpora_root):
    full, annotated = read_full(corpora_root).dialogues, read_annotated(corpora_root).dialogues
    assert (len(full), sum(dialogue.facts["gave"] for dialogue in full)) == (1017, 545)
    assert sum(dialogue.facts["gave"] for dialogue in annotated) == 148
    assert sum("agreeable" in dialogue.facts for dialogue in full) == 1012


def test_the_calls_of_betold_that_broke_down(corpora_root):
    assert sum(dialogue.facts["left"] for dialogue in read_betold(corpora_root).dialogues) == 451


def test_the_proposals_of_dialop_that_were_rejected(corpora_root):
    counts = {game: [0, 0] for game in ("optimization", "itinerary", "mediation")}
    for dialogue in read_dialop(corpora_root).dialogues:
        labels = [label for exchange in dialogue.exchanges for label in exchange.person]
        counts[dialogue.name.partition(":")[0]][0] += labels.count("reject")
        counts[dialogue.name.partition(":")[0]][1] += labels.count("reject") + labels.count("accept")
    assert counts == {"optimization": [93, 227], "itinerary": [174, 287], "mediation": [412, 866]}


def test_the_tables(corpora_root):
    assert len(read_qulac(corpora_root)) == 10277
    assert len(read_turn_ratings(corpora_root)) == 1919
    assert len(read_dialogue_ratings(corpora_root)) == 636
    assert read_mimics(corpora_root)["question_label"].value_counts().to_dict() == {2: 312, 1: 263}
    moments = read_proactive(corpora_root)
    assert moments["context"].nunique() == 16
    assert (moments["proposed"].sum(), moments["accepted"].sum(), (~moments["proposed"] & moments["help_needed"]).sum()) == (1387, 474, 93)
    assert len(read_controllable(corpora_root)) == 14
    assert len(read_mimics_duo(corpora_root)) == 1034
    answers = read_in3(corpora_root)
    assert (len(answers), answers["dialogue"].nunique(), (answers["options"] > 0).sum()) == (625, 237, 506)
    turns, wholes = read_topical_chat(corpora_root)
    assert (len(turns), len(wholes)) == (23255, 2153)


def test_ratings_under_one_side_are_of_one_person(corpora_root):
    turns, wholes = read_topical_chat(corpora_root)
    ends = wholes.pivot_table(index="dialogue", columns="annotator", values="rating")
    means = turns.pivot_table(index="dialogue", columns="annotator", values="satisfaction")
    assert means["agent_1"].corr(ends["agent_1"]) > 0.8
    assert abs(means["agent_1"].corr(ends["agent_2"])) < 0.1
