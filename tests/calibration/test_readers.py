import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from calibration.corpora.dialogues import Dialogue, Exchange
from calibration.corpora.readers.ab_redial import read_dialogue_ratings, read_turn_ratings
from calibration.corpora.readers.betold import read_betold
from calibration.corpora.readers.casino import read_casino
from calibration.corpora.readers.cima import read_cima
from calibration.corpora.readers.controllable import read_controllable
from calibration.corpora.readers.dialop import read_dialop
from calibration.corpora.readers.in3 import ASSISTANTS, read_in3
from calibration.corpora.readers.mimics import read_mimics
from calibration.corpora.readers.mimics_duo import read_mimics_duo
from calibration.corpora.readers.p4g import TRAITS, read_annotated, read_full
from calibration.corpora.readers.proactive import read_proactive
from calibration.corpora.readers.qulac import read_qulac
from calibration.corpora.readers.star import kind, read_star
from calibration.corpora.readers.tiage import read_tiage
from calibration.corpora.readers.topical_chat import read_topical_chat

DIALOG = ("", "B2", "B4", "Turn", "Unit", "er_label_1", "ee_label_1", "er_label_2", "ee_label_2", "neg", "neu", "pos")


def sheet(path: Path, rows) -> None:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    path.parent.mkdir(exist_ok=True)
    book.save(path)


def test_p4g_annotated(tmp_path):
    rows = [
        (0, "x", 0, 0, "Hello there.", "greeting", None, None, None, 0, 1, 0),
        (1, "x", 0, 0, "Will you give?", "proposition-of-donation", None, "thank", None, 0, 1, 0),
        (2, "x", 1, 0, "Maybe.", None, "other", None, None, 0.5, 0.25, 0.25),
        (3, "x", 1, 0, "Sure.", None, "agree-donation", None, "thank", 0, 0.25, 0.75),
        (4, "x", 0, 1, "Thanks!", "thank", None, None, None, None, None, None),
        (5, "y", 0, 0, "Hi.", "greeting", None, None, None, 0, 1, 0),
        (6, "y", 1, 0, "Bye.", None, "closing", None, None, None, None, None),
    ]
    people = [("x", "u", 0, None, 0, 2), ("x", "v", 1, 0.5, 0.3, 2), ("y", "u", 0, None, 1, 1), ("y", "w", 1, None, 0, 1)]
    sheet(tmp_path / "P4G" / "300_dialog.xlsx", [DIALOG, *rows])
    sheet(tmp_path / "P4G" / "300_info.xlsx", [("B2", "B3", "B4", "B5", "B6", "B7"), *people])
    first = Exchange(
        ("greeting", "proposition-of-donation", "thank"), ("other", "agree-donation", "thank"), "Hello there. Will you give?", "Maybe. Sure.", 0.25
    )
    assert read_annotated(tmp_path).dialogues == (
        Dialogue("x", (first, Exchange(("thank",), (), "Thanks!")), {"gave": 1.0, "amount": 0.3, "intended": 0.5}),
        Dialogue("y", (Exchange(("greeting",), ("closing",), "Hi.", "Bye."),), {"gave": 0.0, "amount": 0.0}),
    )


def test_p4g_full(put, tmp_path):
    put("P4G/full_dialog.csv", ',Unit,Turn,B4,B2\n0,"Well, hello.",0,0,x\n1,Hi,0,1,x\n')
    head = ",".join(f"{trait}.x" for trait in TRAITS)
    traits = ",".join(["2.5", "", *["1"] * (len(TRAITS) - 2)])
    put("P4G/full_info.csv", f"B2,B3,B4,B6,{head}\nx,u,0,0.0,{traits}\nx,v,1,0.1,{traits}\n")
    (dialogue,) = read_full(tmp_path).dialogues
    assert dialogue.exchanges == (Exchange((), (), "Well, hello.", "Hi"),)
    assert (dialogue.facts["gave"], dialogue.facts["amount"], dialogue.facts["extrovert"]) == (1.0, 0.1, 2.5)
    assert "agreeable" not in dialogue.facts


def test_betold(put, tmp_path):
    said = [("nlg", "intro"), ("nlg", "ask_name"), ("nlu", "inform"), ("nlu", "negate"), ("nlg", "propose_date")]
    call = {"LUHF": "luhf", "utterances_annotations": [{"caller_name": who, "intent": intent, "entities": []} for who, intent in said]}
    silent = {"LUHF": "not_luhf", "utterances_annotations": call["utterances_annotations"][:2]}
    put("BETOLD/BETOLD_valid.json", [call, silent])
    log = read_betold(tmp_path)
    exchanges = (Exchange(("intro", "ask_name"), ("inform", "negate")), Exchange(("propose_date",), ()))
    assert log.dialogues == (Dialogue("0", exchanges, {"left": 1.0}),)
    assert log.dropped == {"only the agent speaks": 1}


def test_casino(put, tmp_path):
    def line(who, text, **data):
        return {"id": who, "text": text, "task_data": data}

    def camper(points, satisfaction, liking):
        return {"outcomes": {"points_scored": points, "satisfaction": satisfaction, "opponent_likeness": liking}}

    chat = [line("m1", "Hey!"), line("m2", "I need water."), line("m2", "Please."), line("m1", "Submit-Deal", a=1), line("m2", "Accept-Deal", b=1)]
    people = {"m1": camper(20, "Undecided", "Slightly like"), "m2": camper(15, "Extremely satisfied", "Extremely dislike")}
    notes = [["Hey!", "small-talk"], ["Please.", "self-need,vouch-fair"]]  # one message has none, as in two of the games
    put("CaSiNo/casino_train.json", [{"dialogue_id": 7, "chat_logs": chat, "participant_info": people, "annotations": notes}])
    put("CaSiNo/casino_valid.json", [])
    one, two = read_casino(tmp_path).dialogues
    needs = ("self-need", "vouch-fair")
    assert one.name == "7:m1"
    assert one.exchanges == (
        Exchange((), ("small-talk",), "", "Hey!"),
        Exchange(needs, ("submit-deal",), "I need water. Please.", ""),
        Exchange(("accept-deal",), ()),
    )
    assert two.exchanges == (Exchange(("small-talk",), needs, "Hey!", "I need water. Please."), Exchange(("submit-deal",), ("accept-deal",)))
    assert one.facts == {"rating": 3, "liking": 4, "points": 20, "partner_points": 15, "messages": 3, "annotated": 1, "walked": 0}
    assert (two.facts["rating"], two.facts["liking"], two.facts["points"], two.facts["partner_points"]) == (5, 1, 15, 20)


def test_tiage(put, tmp_path):
    put("TIAGE/anno_train.json", {"1": [["hi", "-1"], ["hello", "0"], ["i ski", "1"]]})
    put("TIAGE/anno_dev.json", {"1": [["hey", "-1"], ["my cat is ill", "1"]]})
    train, dev = read_tiage(tmp_path).dialogues
    assert train == Dialogue("anno_train:1", (Exchange(("start",), ("stay",), "hi", "hello"), Exchange(("shift",), (), "i ski")), {})
    assert dev == Dialogue("anno_dev:1", (Exchange(("start",), ("shift",), "hey", "my cat is ill"),), {})


STAR = {
    "DialogueID": 5,
    "CompletionLevel": "Complete",
    "Happy": True,
    "MultiTask": False,
    "WizardQuestionnaire": [
        {"Question": "Did they change his/her mind?", "Answer": True},
        {"Question": "Were they aggressive or annoyed?", "Answer": False},
    ],
    "ev": [
        {"a": "UserGuide", "act": "instruct", "x": "Say hello."},
        {"a": "User", "act": "utter", "x": "Hello, a room please"},
        {"a": "Wizard", "act": "request_suggestions"},
        {"a": "Wizard", "act": "pick_suggestion", "x": "Which hotel?", "l": "hotel_ask_hotel"},
        {"a": "Wizard", "act": "utter", "x": "Sorry, my keyboard."},
        {"a": "User", "act": "utter", "x": "The one by the lake"},
        {"a": "User", "act": "complete"},
    ],
}


def test_star(put, tmp_path):
    gone = {**STAR, "DialogueID": 6, "CompletionLevel": "DisconnectDuringDialogue", "WizardQuestionnaire": []}
    empty = {**gone, "ev": STAR["ev"][:1]}
    put("STAR/star_compact.jsonl.gz", gzip.compress("\n".join(map(json.dumps, (STAR, gone, empty))).encode()))
    log = read_star(tmp_path)
    first, second = log.dialogues
    exchanges = (
        Exchange((), (), "", "Hello, a room please"),
        Exchange(("ask", "custom"), (), "Which hotel? Sorry, my keyboard.", "The one by the lake"),
    )
    assert first == Dialogue("5", exchanges, {"completed": 1, "left": 0, "happy": 1, "multitask": 0, "changed_mind": 1, "annoyed": 0})
    assert second.facts == {"completed": 0, "left": 1, "happy": 1, "multitask": 0}
    assert log.dropped == {"it is empty": 1}


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("hotel_ask_confirm_booking", "confirm"),
        ("ride_confirm_booking", "done"),
        ("meeting_inform_unavailable_ask_different_time", "unavailable"),
        ("plane_inform_nothing_found", "unavailable"),
        ("doctor_inform_booking_available", "offer"),
        ("trivia_inform_answer_correct_ask_next", "inform"),
        ("trivia_bye", "bye"),
        ("ask_name", "ask"),
        ("anything_else", "anything_else"),
    ],
)
def test_star_labels_are_reduced_to_kinds(label: str, expected: str):
    assert kind(label) == expected


def test_dialop(put, tmp_path):
    def message(player, text, **more):
        return {"type": "message", "player": player, "message": {"data": text, "from_player": player}, **more}

    def answer(player, accept, **more):
        return {"type": "proposal_response", "player": player, "response": {"accept": accept}, **more}

    offer = {"type": "proposal", "player": 1}
    games = {
        "optimization": [message(0, "A?"), message(1, "B."), offer, answer(0, False), {**offer, "player": 0}, answer(1, True)],
        # itineraries log proposals and responses under either player
        "itinerary": [message(0, "A park"), message(1, "This?"), {**offer, "player": 0}, message(0, "Hm"), answer(1, False), offer, answer(0, True)],
        "mediation": [
            *(message(0, "Friday", vroom=0), message(1, "Monday", vroom=1), message(2, "Look", vroom=1)),
            *({"type": "proposal", "vroom": None}, answer(1, True, vroom=1), answer(0, False, vroom=0)),
        ],
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for game, log in games.items():
            archive.writestr(f"data/{game}.jsonl", json.dumps({"action_log": log, "result": {"norm": 0.5}}) + "\n")
    put("DialOp/data.zip", stream.getvalue())
    dialogues = {dialogue.name: dialogue.exchanges for dialogue in read_dialop(tmp_path).dialogues}
    assert dialogues == {
        "optimization:0:0": (
            Exchange((), ("message",), "", "A?"),
            Exchange(("message", "proposal"), ("reject", "proposal"), "B."),
            Exchange(("accept",), ()),
        ),
        "optimization:0:1": (Exchange(("message",), ("message", "proposal"), "A?", "B."), Exchange(("reject", "proposal"), ("accept",))),
        "itinerary:0:0": (
            Exchange((), ("message",), "", "A park"),
            Exchange(("message", "proposal"), ("message", "reject"), "This?", "Hm"),
            Exchange(("proposal",), ("accept",)),
        ),
        "mediation:0:0": (Exchange((), ("message",), "", "Friday"), Exchange(("proposal",), ("reject",))),
        "mediation:0:1": (Exchange((), ("message",), "", "Monday"), Exchange(("message", "proposal"), ("accept",), "Look")),
    }
    assert read_dialop(tmp_path).dialogues[0].facts == {"norm": 0.5}


def test_cima(put, tmp_path):
    state = {
        "past_convo": ["Try it.", "il gatto?"],
        "studentActions": ["True", "False", "True", "False"],
        "tutorResponses": ["Nearly.", "What is red?"],
        "tutorActions": [[False, True, True, False, False], [True, False, False, False, False]],
    }
    put("CIMA/dataset.json", {"prepDataset": {"0": state}, "shapeDataset": {}})
    exchanges = (
        Exchange((), ("guess", "affirmation"), "Try it.", "il gatto?"),
        Exchange(("hint", "correction"), (), "Nearly."),
        Exchange(("question",), (), "What is red?"),
    )
    assert read_cima(tmp_path).dialogues == (Dialogue("0", exchanges, {"tutors": 2.0, "turns": 2.0}),)


def test_qulac(put, tmp_path):
    rows = [("1-1-X", "", ""), ("1-1-1", "a?", "no"), ("1-1-1", "a?", "no"), ("1-1-1", "a?", "yes"), ("1-2-1", "a?", "no"), ("1-2-2", "b?", "")]
    names = ("topic_facet_question_id", "question", "answer")
    put("Qulac/qulac.json", {name: {str(i): row[k] for i, row in enumerate(rows)} for k, name in enumerate(names)})
    assert read_qulac(tmp_path).to_dict("list") == {"question": ["a?", "a?", "a?"], "answer": ["no", "yes", "no"]}


def test_ab_redial(put, tmp_path):
    names = [f"{column}{place}" for place in (1, 2, 3) for column in ("relevance", "interestingness", "overall")]
    put("AB-ReDial/annotated_turns.csv", f"ConvId,{','.join(names)}\n00,0,1,2,3,2,4,4,3,5\n00,1,1,1,2,2,,0,1,1\n")
    put("AB-ReDial/annotated_dialogues.csv", "ConvId,dialogue-overall\n00,4.0\nA1,\nA1,5\n")
    turns = read_turn_ratings(tmp_path)
    assert list(turns.columns) == ["dialogue", "annotator", "place", "relevance", "interest", "satisfaction"]
    assert turns.to_numpy().tolist() == [["00", 0, 1, 0, 1, 2], ["00", 0, 2, 3, 2, 4], ["00", 0, 3, 4, 3, 5], ["00", 1, 1, 1, 1, 1], ["00", 1, 3, 0, 1, 1]]
    assert read_dialogue_ratings(tmp_path).to_dict("list") == {"dialogue": ["00", "A1"], "annotator": [0, 1], "rating": [4, 5]}


def test_mimics(put, tmp_path):
    put("MIMICS/MIMICS-Manual.tsv", "query\tquestion_label\nnan\t2\nb\t\nc\t0\n")
    assert read_mimics(tmp_path).to_dict("list") == {"question_label": [2, 0]}


def test_proactive(put, tmp_path):
    first, other = {"time": "1", "event": "opens a file"}, {"time": "1", "event": "writes a letter"}

    def row(obs, task, votes, needed, category):
        return json.dumps({"obs": obs, "pred_task": task, "valid": True, "help_needed": needed, "annotation": votes, "category": category})

    rows = [
        row([first], "Offer help", [True, True, False], True, "CD"),
        row([first, other], "Offer tea", [True, False], False, "FA"),
        row([other], None, [True, True], False, "CR"),
    ]
    put("ProactiveAgent/train_data.jsonl", "\n".join(rows))
    table = read_proactive(tmp_path)
    assert table["context"][0] == table["context"][1] != table["context"][2]
    assert table.drop(columns="context").to_dict("list") == {
        "proposed": [True, True, False],
        "accepted": [True, False, False],
        "help_needed": [True, False, False],
        "category": ["CD", "FA", "CR"],
    }


def test_controllable(put, tmp_path):
    put("Controllable-Dialogue/arms.csv", "factor,level,enjoyment_1_to_4,listening_1_to_4\nasking,10,2.5,3\nasking,10+,2.25,\nhuman,,3.5,\n")
    assert read_controllable(tmp_path) == {"asking 10": 2.5, "asking 10+": 2.25, "human": 3.5}


def test_in3(put, tmp_path):
    def said(role, kind, content):
        return {"role": role, "type": kind, "content": content}

    talk = [
        *(said("User", "response", "Find a film."), said("Assistant", "response", "What kind? Sad or funny?"), said("User", "response", "Funny")),
        *(said("Assistant", "response", "Well."), said("User", "response", "Go on"), said("Assistant", "response", "How long? Is it for you?")),
        *(said("User", "response", "Short and yes"), said("Assistant", "summary", "A short funny film.")),
    ]
    asked = [
        [{"query": "What kind?", "options": ["sad", "funny"]}],
        [],
        [{"query": "How long?", "options": []}, {"query": "Is it for you?", "options": []}],
    ]
    clear = {"actions": [*talk[:1], talk[-1]], "query_options_list": []}
    for assistant in ASSISTANTS:
        put(f"IN3/records_{assistant}.jsonl", "")
    put("IN3/records_mistral-instruct.jsonl", f"{json.dumps(clear)}\n{json.dumps({'actions': talk, 'query_options_list': asked})}\n")
    table = read_in3(tmp_path)
    assert list(table.columns) == ["dialogue", "assistant", "questions", "options", "answer"]
    assert table.to_numpy().tolist() == [
        ["mistral-instruct:1", "mistral-instruct", ("What kind?",), 2, "Funny"],
        ["mistral-instruct:1", "mistral-instruct", ("How long?", "Is it for you?"), 0, "Short and yes"],
    ]


def test_mimics_duo(put, tmp_path):
    pane = "query\tquestion\toption_1\toption_2\toption_3\toption_4\toption_5"
    rows = {"a": "a\tq?\tx\ty\t\t\t", "b": "b\tq?\tx\ty\tz\t\t", "c": "c\tq?\tx\ty\t\t\t"}
    judged = [f"{pane}\tOverallClarificationPaneQuality\t", f"{rows['a']}\t4\t", f"{rows['b']}\t5\t", f"{rows['c']}\t\t"]
    put("MIMICS-Duo/Task2-QualityLabelling.tsv", "\n".join(judged))
    put("MIMICS-Duo/Mimics-ClickExploreSampling.tsv", "\n".join([f"{pane}\tengagement_level", f"{rows['b']}\t0", f"{rows['a']}\t10", f"{rows['c']}\t1"]))
    assert read_mimics_duo(tmp_path).to_dict("list") == {"query": ["a", "b"], "options": [2, 3], "quality": [4, 5], "engagement": [10, 0]}


def test_topical_chat(put, tmp_path):
    def said(agent, rating):
        return {"agent": agent, "message": "hm", "turn_rating": rating}

    chat = [said("agent_1", "Poor"), said("agent_2", "Good"), said("agent_1", ""), said("agent_2", "Not Good"), said("agent_1", "Passable")]
    put("Topical-Chat/valid_freq.json", {"x": {"content": chat, "conversation_rating": {"agent_1": "Excellent", "agent_2": ""}}})
    put("Topical-Chat/valid_rare.json", {"y": {"content": chat[:1], "conversation_rating": {"agent_1": "Good", "agent_2": "Poor"}}})
    turns, wholes = read_topical_chat(tmp_path)
    assert list(turns.columns) == ["dialogue", "annotator", "place", "satisfaction"]
    first = [["x", "agent_1", 3, 1], ["x", "agent_1", 1, 3], ["x", "agent_2", 2, 4], ["x", "agent_2", 1, 2]]
    assert turns.to_numpy().tolist() == [*first, ["y", "agent_1", 1, 1]]
    assert list(wholes.columns) == ["dialogue", "annotator", "rating"]
    assert wholes.to_numpy().tolist() == [["x", "agent_1", 5], ["y", "agent_1", 4], ["y", "agent_2", 1]]
