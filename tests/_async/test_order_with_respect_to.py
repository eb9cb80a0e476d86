"""Do rows keep an order among those of the same owner?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.aio import (
    CharField,
    Database,
    FieldError,
    ForeignKey,
    IntegerField,
    Model,
    ModelError,
    OneToOneField,
    UnknownField,
    ValidationError,
    atomic,
    capture_queries,
)


class Question(Model):
    text = CharField(max_length=20)
    code = IntegerField(unique=True, default=0)


class Answer(Model):
    text = CharField(max_length=20)
    question = ForeignKey(Question, related_name="answers", null=True)

    class Meta:
        order_with_respect_to = "question"

    def __str__(self) -> str:
        return self.text


class Hint(Model):
    text = CharField(max_length=20, primary_key=True)
    question = ForeignKey(Question, to_field="code", related_name="+")

    class Meta:
        order_with_respect_to = "question"


class Ordered(Model):
    question = ForeignKey(Question, related_name="%(class)ss")

    class Meta:
        abstract = True
        order_with_respect_to = "question"


class Step(Ordered):
    pass


class Song(Model):
    title = CharField(max_length=20)
    album = CharField(max_length=20)

    class Meta:
        order_with_respect_to = "album"


async def asked(*texts: str) -> tuple[Any, list[Answer]]:
    """A question and its answers."""
    count = await Question.objects.count()
    question: Any = await Question.objects.create(text=f"Q{count}", code=count)
    return question, [await Answer.objects.create(text=t, question=question) for t in texts]


async def texts(rows: Any) -> list[str]:
    return [row.text for row in await rows.fetch()]


# --- new rows ---------------------------------------------------------------------------------


async def test_new_rows_stand_behind_their_siblings(db: Database) -> None:
    first, answers = await asked("a", "b", "c")
    _, others = await asked("d", "e")

    assert [answer._order for answer in answers] == [0, 1, 2]  # type: ignore[attr-defined]
    assert [answer._order for answer in others] == [0, 1]  # type: ignore[attr-defined]
    assert await texts(first.answers.all()) == ["a", "b", "c"]


async def test_a_new_row_costs_one_question_more(db: Database) -> None:
    question, _ = await asked("a")

    with capture_queries() as queries:
        await Answer.objects.create(text="b", question=question)

    assert [query.sql.split()[0] for query in queries] == ["SELECT", "INSERT"]


async def test_a_gap_is_not_filled(db: Database) -> None:
    question, (_, b, c) = await asked("a", "b", "c")
    await b.delete()
    assert (await Answer.objects.create(text="d", question=question))._order == 3  # type: ignore[attr-defined]
    await c.delete()
    assert await Answer.objects.values_list("_order", flat=True) == [0, 3]


async def test_saving_again_keeps_the_place(db: Database) -> None:
    _, (a, b) = await asked("a", "b")

    a.text = "A"
    await a.save()

    assert await texts(Answer.objects.all()) == ["A", "b"]
    assert b._order == 1  # type: ignore[attr-defined]


async def test_a_copy_goes_to_the_end(db: Database) -> None:
    question, (a, _) = await asked("a", "b")

    a.pk = None
    a.text = "c"
    await a.save()

    assert await texts(question.answers.all()) == ["a", "b", "c"]


async def test_rows_without_an_owner_are_siblings(db: Database) -> None:
    await asked("a")

    for text in ("x", "y"):
        await Answer.objects.create(text=text)
    await Answer.objects.bulk_create([Answer(text="z")])

    rows = Answer.objects.filter(question=None)
    assert await rows.values_list("text", "_order") == [("x", 0), ("y", 1), ("z", 2)]


async def test_many_rows_get_places_with_one_question(db: Database) -> None:
    first, _ = await asked("a")
    second, _ = await asked("b", "c")
    third, _ = await asked()
    new = [Answer(text=f"{n}", question=(first, second, third)[n % 3]) for n in range(6)]

    with capture_queries() as queries:
        await Answer.objects.bulk_create(new)

    assert len(queries) == 2
    assert [answer._order for answer in new] == [1, 2, 0, 2, 3, 1]  # type: ignore[attr-defined]
    assert await texts(second.answers.all()) == ["b", "c", "1", "4"]


async def test_many_rows_keep_a_place_that_they_were_given(db: Database) -> None:
    question, _ = await asked("a")

    await Answer.objects.bulk_create(
        [
            Answer(text="z", question=question, _order=9),
            Answer(text="b", question_id=str(question.pk)),
        ]
    )

    rows = question.answers.values_list("text", "_order")
    assert await rows == [("a", 0), ("b", 1), ("z", 9)]


async def test_many_rows_of_an_owner_that_is_not_saved_are_refused(db: Database) -> None:
    with pytest.raises(ValidationError):
        await Answer.objects.bulk_create([Answer(text="a", question=Question(text="new"))])


async def test_a_manager_of_the_owner_puts_rows_behind_too(db: Database) -> None:
    question, _ = await asked("a")

    await question.answers.create(text="b")
    await question.answers.bulk_create([Answer(text="c"), Answer(text="d")])

    assert await texts(question.answers.all()) == ["a", "b", "c", "d"]


# --- the order --------------------------------------------------------------------------------


async def test_rows_come_in_their_order(db: Database) -> None:
    question, (a, b, c) = await asked("a", "b", "c")
    await question.set_answer_order([c.pk, a.pk, b.pk])

    assert await texts(Answer.objects.all()) == ["c", "a", "b"]
    assert await texts(Answer.objects.order_by("text")) == ["a", "b", "c"]
    assert await texts(Answer.objects.filter(_order__gt=0)) == ["a", "b"]
    assert await texts(Answer.objects.order_by("-question", Answer._order)) == ["c", "a", "b"]  # type: ignore[attr-defined]
    assert await Question.objects.filter(answers___order=0).get() == question
    assert (await Answer.objects.first()) == c
    (found,) = await Question.objects.prefetch_related("answers")
    assert [answer.text for answer in found.answers.all()] == ["c", "a", "b"]  # type: ignore[attr-defined]


async def test_the_owner_reads_the_order(db: Database) -> None:
    question, (a, b) = await asked("a", "b")
    empty, _ = await asked()

    assert await question.get_answer_order() == [a.pk, b.pk]
    assert await question.get_answer_order().filter(text="b") == [b.pk]
    assert await empty.get_answer_order() == []


async def test_the_owner_sets_the_order_with_one_statement(db: Database) -> None:
    question, (a, b, c) = await asked("a", "b", "c")

    with capture_queries() as queries:
        await question.set_answer_order([b.pk, c, a.pk])

    assert [query.sql.split()[0] for query in queries] == ["UPDATE"]
    assert await question.get_answer_order() == [b.pk, c.pk, a.pk]
    assert await texts(question.answers.all()) == ["b", "c", "a"]


async def test_rows_of_others_are_not_moved(db: Database) -> None:
    first, (a, b) = await asked("a", "b")
    second, (c, d) = await asked("c", "d")

    await first.set_answer_order([d.pk, b.pk, c.pk, a.pk])
    await first.set_answer_order([])

    assert await first.get_answer_order() == [b.pk, a.pk]
    assert await second.answers.values_list("text", "_order") == [("c", 0), ("d", 1)]


async def test_an_order_of_many_rows(db: Database) -> None:
    question, _ = await asked()
    await Answer.objects.bulk_create([Answer(text=f"{n}", question=question) for n in range(1203)])
    keys = list(await question.get_answer_order())

    with capture_queries() as queries:
        await question.set_answer_order(keys[::-1])

    assert len([q for q in queries if q.sql.startswith("UPDATE")]) == 3
    assert await question.get_answer_order() == keys[::-1]
    assert await Answer.objects.order_by("-_order").values_list("_order", flat=True)[:1] == [1202]


async def test_loaded_rows_are_forgotten_when_they_are_put_in_order(db: Database) -> None:
    await asked("a", "b")
    (question,) = await Question.objects.prefetch_related("answers")
    keys = [answer.pk for answer in question.answers.all()]  # type: ignore[attr-defined]

    await question.set_answer_order(keys[::-1])  # type: ignore[attr-defined]

    assert await texts(question.answers.all()) == ["b", "a"]  # type: ignore[attr-defined]


async def test_an_order_is_taken_back_with_its_transaction(db: Database) -> None:
    question, (a, b) = await asked("a", "b")

    async def fails() -> None:
        async with atomic():
            await question.set_answer_order([b.pk, a.pk])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()

    assert await question.get_answer_order() == [a.pk, b.pk]


async def test_an_owner_that_is_not_saved_has_no_order(db: Database) -> None:
    new: Any = Question(text="new")

    with pytest.raises(ValidationError) as error:
        await new.set_answer_order([1])
    assert str(error.value) == "Answer.question is a Question that is not saved yet; save it first."
    with pytest.raises(ValidationError):
        new.get_answer_order()


# --- from row to row ----------------------------------------------------------------------------


async def test_a_row_finds_its_neighbours(db: Database) -> None:
    question, (a, b, c) = await asked("a", "b", "c")
    await asked("x", "y", "z")

    assert await b.get_next_in_order() == c  # type: ignore[attr-defined]
    assert await b.get_previous_in_order() == a  # type: ignore[attr-defined]

    await question.set_answer_order([c.pk, b.pk, a.pk])
    assert await b.get_next_in_order() == a  # type: ignore[attr-defined]
    assert await b.get_previous_in_order() == c  # type: ignore[attr-defined]


async def test_the_ends_have_no_neighbour(db: Database) -> None:
    _, (a,) = await asked("a")

    with pytest.raises(Answer.DoesNotExist) as error:
        await a.get_next_in_order()  # type: ignore[attr-defined]
    assert str(error.value) == "<Answer: a> is the last one of its question."
    with pytest.raises(Answer.DoesNotExist) as error:
        await a.get_previous_in_order()  # type: ignore[attr-defined]
    assert str(error.value) == "<Answer: a> is the first one of its question."

    await Answer.objects.filter(pk=a.pk).delete()
    with pytest.raises(Answer.DoesNotExist) as error:
        await a.get_next_in_order()  # type: ignore[attr-defined]
    assert str(error.value) == "<Answer: a> is not in the database any more."
    with pytest.raises(FieldError):
        await Answer(text="new").get_next_in_order()  # type: ignore[attr-defined]


# --- other owners -------------------------------------------------------------------------------


async def test_a_hidden_way_back_and_a_key_to_another_field(db: Database) -> None:
    question: Any = await Question.objects.create(text="Q", code=7)
    a, b = [await Hint.objects.create(text=text, question=question) for text in "ab"]

    await question.set_hint_order(["b", a])

    assert await question.get_hint_order() == ["b", "a"]
    assert await b.get_next_in_order() == a  # type: ignore[attr-defined]


async def test_an_order_of_an_abstract_model_is_inherited(db: Database) -> None:
    question: Any = await Question.objects.create(text="Q")
    steps = [await Step.objects.create(question=question) for _ in range(3)]

    await question.set_step_order(steps[::-1])

    assert await question.steps.all() == steps[::-1]
    assert not hasattr(Question, "get_ordered_order")


async def test_the_owner_may_be_a_plain_value(db: Database) -> None:
    for title, album in (("a", "One"), ("b", "One"), ("c", "Two")):
        await Song.objects.create(title=title, album=album)

    places = Song.objects.order_by("title").values_list("_order", flat=True)
    assert await places == [0, 1, 0]
    song: Any = await Song.objects.get(title="a")
    assert (await song.get_next_in_order()).title == "b"


# --- declaring ----------------------------------------------------------------------------------


def test_the_place_is_a_column(db: Database) -> None:
    field = Answer._table.fields[-1]

    assert (field.name, field.column, field.editable, field.null) == (
        "_order",
        "_order",
        False,
        False,
    )
    assert Answer.objects.all().ordered
    assert Answer(text="a", question_id=1).full_clean() is None


def test_what_cannot_be_ordered_is_refused() -> None:
    with pytest.raises(UnknownField) as unknown:

        class Wrong(Model):
            question = ForeignKey(Question, related_name="+")

            class Meta:
                order_with_respect_to = "qestion"

    assert str(unknown.value) == (
        "Wrong has no field 'qestion' (in Meta.order_with_respect_to). Did you mean 'question'? "
        "Fields: _order, id, question."
    )
    with pytest.raises(ModelError) as error:

        class Wronger(Model):
            question = ForeignKey(Question, related_name="+")

            class Meta:
                order_with_respect_to = "question"
                ordering = ("-question",)

    assert str(error.value) == (
        "Wronger.Meta has both ordering and order_with_respect_to. "
        "Take one of them away; the second orders by _order."
    )
    with pytest.raises(ModelError) as error:

        class Wrongest(Model):
            question = OneToOneField(Question, related_name="+")
            _order = IntegerField()

            class Meta:
                order_with_respect_to = "question"

    assert str(error.value) == (
        "Wrongest._order has the name of the column that order_with_respect_to adds. "
        "Choose another name; db_column keeps the column's."
    )
