"""What do type checkers make of models in async code? Read by mypy --strict and pyright.

A line with ``# type: ignore[…]`` is a mistake that both checkers must find: a comment that silences
nothing is an error itself.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import Any, ClassVar, TypeVar, assert_type

from covet import Page as NumberedPage
from covet.aio import (
    CharField,
    CompositePrimaryKey,
    Count,
    CursorPage,
    Exists,
    F,
    ForeignKey,
    IntegerField,
    Lower,
    Manager,
    ManyToManyField,
    Max,
    Model,
    OneToOneField,
    OuterRef,
    Paginator,
    Prefetch,
    Q,
    QuerySet,
    RelatedManager,
    Row,
    loaded,
)
from covet.expressions import FieldRef
from covet.pairs import AsyncReference

M = TypeVar("M", bound=Model)


class Author(Model):
    name = CharField(max_length=100)
    age = IntegerField(null=True)

    posts: RelatedManager[Post]


class PostQuerySet(QuerySet["Post"]):
    def popular(self) -> PostQuerySet:
        return self.filter(views__gt=100)


class PostManager(Manager["Post"]):
    async def titles(self) -> list[Any]:
        return await self.values_list("title", flat=True).fetch()


class Post(Model):
    title = CharField(max_length=200)
    views = IntegerField(default=0)
    author = ForeignKey(Author, related_name="posts")
    editor = ForeignKey(Author, null=True, related_name="edited")
    parent = ForeignKey(lambda: Post, null=True)

    chosen = PostManager()
    popular = PostQuerySet.as_manager()


class Tag(Model):
    word = CharField(max_length=20)

    books: RelatedManager[Book]


class Book(Model):
    tags = ManyToManyField(Tag, related_name="books")
    later = ManyToManyField(lambda: Cover, related_name="+")
    named: ManyToManyField[Cover] = ManyToManyField("Cover", related_name="+")


class Cover(Model):
    of = OneToOneField(Post)


class Plain(Model):
    name = CharField(max_length=9)
    of = ForeignKey(Post, null=True)


class Special(Plain):
    size = IntegerField(default=1)


class Shown(Special):
    class Meta:
        proxy = True


class Linked(Plain):
    plain = OneToOneField(Plain, parent_link=True)


class Place(Model):
    pk = CompositePrimaryKey("row", "seat")
    row = IntegerField()
    seat = IntegerField()


class Ticket(Model):
    place = ForeignKey(Place, from_fields=("row", "seat"), null=True)
    row = IntegerField()
    seat = IntegerField(null=True)


class NoteQuerySet(QuerySet["Note"]):
    def famous(self) -> NoteQuerySet:
        return self.filter(text="Hello")


class NoteManager(Manager["Note"]):
    def live(self) -> QuerySet[Note]:
        return self.get_queryset().filter(text="Hello")


class AnyManager(Manager[Any]):
    def live(self) -> QuerySet[Any]:
        return self.filter(text="Hello")


class Note(Model):
    text = CharField(max_length=9)

    objects = NoteQuerySet.as_manager()
    made = Manager.from_queryset(NoteQuerySet)()
    own = NoteManager()
    any_rows = AnyManager()
    plain = Manager()


class MadeNote(Model):
    objects = Manager.from_queryset(NoteQuerySet)()


class ManagedNote(Model):
    objects = NoteManager()


class DeclaredNote(Model):
    objects: ClassVar[NoteManager] = NoteManager()


class PlainNote(Model):
    objects = Manager()


class AbstractNote(Model):
    objects = NoteQuerySet.as_manager()

    class Meta:
        abstract = True


class InheritedNote(AbstractNote):
    pass


class Page:
    notes = Note.objects.famous()


def what_a_composite_key_takes(ticket: Ticket) -> None:
    place = Place(pk=(1, 2))
    place.pk = (1, 2)
    place.pk = None
    assert_type(place.seat, int)
    assert_type(ticket.place, AsyncReference[Place | None])
    Place.objects.filter(pk=(1, 2))


async def what_the_default_manager_gives() -> None:
    assert_type(await Author.objects.get(id=1), Author)
    assert_type(await Author.objects.first(), Author | None)
    assert_type(await Author.objects.create(name="Ann"), Author)
    assert_type(await Author.objects.filter(name="Ann").fetch(), list[Author])
    assert_type(await Author.objects.filter(name="Ann"), list[Author])
    assert_type(await Author.objects.count(), int)
    assert_type(await Author.objects.exists(), bool)
    assert_type(await Author.objects.get_or_create(name="Ann"), tuple[Author, bool])
    assert_type(await Author.objects.in_bulk([1]), dict[Any, Author])
    assert_type(await Author.objects.values("name").fetch(), list[dict[str, Any]])
    assert_type(await Author.objects.values_list("name").fetch(), list[tuple[Any, ...]])
    assert_type(await Author.objects.update(name="Bob"), int)
    assert_type(await Author.objects.bulk_create([Author(name="Ann")]), list[Author])
    assert_type(await Author.objects.bulk_update([Author(name="Ann")], ["name"]), int)
    assert_type(await Author.objects.all().returning().update(name="Bob"), list[Author])
    assert_type(await Author.objects.all().returning("id", "name").delete(), list[Row])
    assert_type(await Author.objects.only("name").defer("age").get(), Author)
    assert_type(await Author.objects.annotate(older=F("age") + 1).fetch(), list[Author])
    assert_type(await Author.objects.alias(older=F("age") + 1).first(), Author | None)
    assert_type(await Author.objects.select_for_update(of=["self"]).get(), Author)
    assert_type(await Author.objects.latest("name", F("age").desc()), Author)
    assert_type(await Author.objects.all().explain(format="json", analyze=True), str)
    assert_type(await Author.objects.raw("select * from author").fetch(), list[Author])
    assert_type(await Author.objects.order_by("name").page(2), CursorPage[Author])
    assert_type(await Author.objects.values("name").page(2, after="…"), CursorPage[dict[str, Any]])
    assert_type(await Paginator(Author.objects.all(), 2).page(1), NumberedPage[Author])
    assert_type(await Author.objects.values(older=F("age")).fetch(), list[dict[str, Any]])
    own = Author.objects.filter(pk=OuterRef("pk"))
    assert_type(
        await Author.objects.filter(Exists(own)).exclude(~Exists(own)).fetch(), list[Author]
    )
    assert_type(await Author.objects.aggregate(Count("pk"), most=Max("age")), dict[str, Any])
    assert_type(
        await Author.objects.filter(age=1).union(own).order_by(Q(age=2)).fetch(), list[Author]
    )
    assert_type(await Author.objects.values_list(Lower("name"), flat=True).fetch(), list[Any])
    Author.objects.annotate(older=1)  # type: ignore[arg-type]
    async for author in Author.objects.order_by("name"):
        assert_type(author, Author)


async def what_own_managers_and_querysets_give() -> None:
    assert_type(Post.chosen, PostManager)
    assert_type(await Post.chosen.get(id=1), Post)
    assert_type(await Post.chosen.titles(), list[Any])
    assert_type(Post.popular.only("title").annotate(more=F("views")).popular(), PostQuerySet)
    assert_type(Post.popular.filter(views=1).popular().exclude(views=2), PostQuerySet)
    assert_type(await Post.popular.popular().first(), Post | None)


async def what_a_manager_called_objects_gives(page: Page) -> None:
    assert_type(Note.objects, NoteQuerySet)
    assert_type(Note.objects.filter(text="Hello").famous(), NoteQuerySet)
    assert_type(await Note.objects.famous().get(), Note)
    assert_type(Note.made.famous(), NoteQuerySet)
    assert_type(Note.own, NoteManager)
    assert_type(Note.any_rows, AnyManager)
    assert_type(await Note.plain.get(), Note)
    assert_type(MadeNote.objects.exclude(text="").famous(), NoteQuerySet)
    assert_type(ManagedNote.objects, NoteManager)
    assert_type(DeclaredNote.objects, NoteManager)
    assert_type(await PlainNote.objects.get(), PlainNote)
    assert_type(InheritedNote.objects, NoteQuerySet)
    assert_type(page.notes, NoteQuerySet)
    PlainNote.objects.famous()  # type: ignore[attr-defined]
    Author().objects.filter(name="Ann")  # type: ignore[attr-defined]


def what_any_model_has(model: type[M]) -> Manager[M]:
    assert_type(model.objects, Manager[M])
    return model.objects


async def what_attributes_are(post: Post, cover: Cover) -> None:
    assert_type(post.title, str)
    assert_type(post.views, int)
    assert_type((await post.author).age, int | None)
    post.title = "Hello"
    post.title = 1  # type: ignore[assignment]
    post.author_id = 3
    post.shown = "what a view adds"


async def what_relations_are(post: Post, cover: Cover) -> None:
    assert_type(post.author, AsyncReference[Author])
    assert_type(post.editor, AsyncReference[Author | None])
    assert_type(await post.author, Author)
    assert_type(await post.editor, Author | None)
    assert_type(await post.parent, Post | None)
    assert_type(await (await cover.of).author, Author)
    assert_type(loaded(post.author), Author)
    assert_type(await loaded(post.author).posts.first(), Post | None)
    assert_type(loaded(post.author).name, str)
    print(post.author.name)  # type: ignore[attr-defined]
    post.author = Author(name="Ann")
    post.editor = None


async def what_is_inherited(special: Special, linked: Linked) -> None:
    assert_type(special.name, str)
    assert_type(special.size, int)
    assert_type(await special.of, Post | None)
    assert_type(await linked.plain, Plain)
    assert_type(Special.name, FieldRef[str])
    assert_type(await Special.objects.get(name="x"), Special)
    assert_type(await Shown.objects.get(), Shown)
    Special.objects.filter(Special.name == "x", Plain.name == "y", Shown.size > 1)
    special.name = 1  # type: ignore[assignment]


def what_conditions_are() -> None:
    assert_type(Post.views, FieldRef[int])
    assert_type(Post.views > 10, Q)
    assert_type((Post.views > 10) & Q(title="Hello"), Q)
    assert_type(Post.title == "Hello", Q)
    assert_type(Author.age == None, Q)  # noqa: E711
    Post.objects.filter(Post.views > F("views"), title="Hello")
    assert Post.views > "x"  # type: ignore[operator]


async def what_relations_to_many_give(book: Book, tag: Tag, author: Author) -> None:
    assert_type(await book.tags.all().fetch(), list[Tag])
    assert_type(await book.tags.filter(word="a").get(), Tag)
    assert_type(await book.tags.create(word="b"), Tag)
    assert_type(await book.tags.get_or_create(word="b"), tuple[Tag, bool])
    assert_type(await book.later.first(), Cover | None)
    assert_type(await book.named.all().fetch(), list[Cover])
    assert_type(await tag.books.all().fetch(), list[Book])
    assert_type(await author.posts.all().fetch(), list[Post])
    await book.tags.add(tag, 7, through_defaults={"rank": 1})
    await book.tags.set([tag])
    await book.tags.remove(tag)
    await book.tags.clear()
    assert_type(await book.tags.contains(tag), bool)
    book.tags = [tag]  # type: ignore[assignment]
    best = Prefetch("posts", Post.chosen.filter(views=1)[:3], to_attr="best")
    assert_type(await Author.objects.prefetch_related(best, "posts__author").fetch(), list[Author])
