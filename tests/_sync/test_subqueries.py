# generated from tests/_async/test_subqueries.py by scripts/generate_sync.py;
# change that file, not this one
"""What can a query ask with another query inside of it?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.sync import (
    Case,
    CharField,
    Coalesce,
    Count,
    Database,
    Exists,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    Model,
    OuterRef,
    Q,
    RawSQL,
    Subquery,
    Sum,
    Value,
    When,
    capture_queries,
)


class Author(Model):
    name = CharField(max_length=20)
    age = IntegerField(null=True)

    class Meta:
        ordering = ("name",)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    author = ForeignKey(Author, null=True, related_name="posts")


class Note(Model):
    text = CharField(max_length=20)
    post = ForeignKey(Post, related_name="notes")


def write() -> None:
    ann = Author.objects.create(name="Ann", age=30)
    bob = Author.objects.create(name="Bob", age=40)
    Author.objects.create(name="Cy")
    a = Post.objects.create(title="a", views=3, author=ann)
    Post.objects.create(title="b", views=12, author=bob)
    Post.objects.create(title="c", views=7, author=bob)
    Post.objects.create(title="d", views=7)
    Note.objects.create(text="Ann", post=a)


authors: Any = Author.objects.all()
posts: Any = Post.objects.order_by("title")
own: Any = Post.objects.filter(author=OuterRef("pk"))


def names(query: Any) -> list[str]:
    return [row.name for row in query.fetch()]


def titles(query: Any) -> str:
    return "".join([row.title for row in query.fetch()])


def test_in_a_queryset_is_one_query(db: Database) -> None:
    write()

    with capture_queries() as queries:
        assert titles(posts.filter(author__in=authors.filter(age__gt=35))) == "bc"
    assert len(queries) == 1
    assert titles(posts.filter(author__name__in=authors.values("name")[:1])) == "a"
    assert titles(posts.exclude(author__in=authors.filter(age__gt=35))) == "ad"
    assert titles(posts.filter(author__in=authors.none())) == ""
    assert titles(posts.exclude(author__in=authors.none())) == "abcd"
    assert titles(posts.filter(pk__in=Post.objects.order_by("-views")[:2])) in ("bc", "bd")
    assert names(authors.filter(pk__in=Post.objects.values("author"))) == ["Ann", "Bob"]
    assert names(authors.exclude(pk__in=Post.objects.values("author"))) == ["Cy"]
    old = authors.filter(age__gt=35)
    for members in (old, Subquery(old)):
        assert titles(posts.filter(F("author").in_(members))) == "bc"
        assert titles(posts.filter(~Post.author.in_(members))) == "ad"


def test_exists_is_asked_of_each_row(db: Database) -> None:
    write()

    assert names(authors.filter(Exists(own))) == ["Ann", "Bob"]
    assert names(authors.filter(~Exists(own))) == ["Cy"]
    assert names(authors.filter(Exists(own.filter(views__gt=9)) | Q(age=None))) == [
        "Bob", "Cy",
    ]  # fmt: skip
    rows = authors.annotate(writes=Exists(own)).values_list("name", "writes").fetch()
    assert rows == [("Ann", True), ("Bob", True), ("Cy", False)]
    assert names(authors.order_by(Exists(own).desc() if False else ~Exists(own), "name")) == [
        "Ann", "Bob", "Cy",
    ]  # fmt: skip
    assert names(authors.filter(Exists(own.none()))) == []


def test_a_subquery_is_a_value(db: Database) -> None:
    write()
    most = Subquery(own.order_by("-views").values("views")[:1])

    rows = authors.annotate(most=most).values_list("name", "most").fetch()
    assert rows == [("Ann", 3), ("Bob", 12), ("Cy", None)]
    assert names(authors.annotate(most=most).filter(most__gt=5)) == ["Bob"]
    assert names(authors.filter(age__gt=most)) == ["Ann", "Bob"]
    counted = own.order_by().values("author").annotate(n=Count("*")).values("n")
    rows = authors.annotate(n=Coalesce(Subquery(counted), 0)).values_list("n", flat=True)
    assert rows == [1, 2, 0]
    assert names(authors.order_by(Coalesce(most, Value(5)).desc())) == ["Bob", "Cy", "Ann"]


def test_outer_references_nest(db: Database) -> None:
    write()
    same = Note.objects.filter(post=OuterRef("pk"), text=OuterRef(OuterRef("name")))

    assert names(authors.filter(Exists(own.filter(Exists(same))))) == ["Ann"]


def test_an_outer_reference_alone_is_refused(db: Database) -> None:
    with pytest.raises(FieldError) as caught:
        own.fetch()
    assert "can only be asked inside of another one" in str(caught.value)


def test_update_and_create_with_subqueries(db: Database) -> None:
    write()

    best = Subquery(own.order_by("-views").values("views")[:1])
    assert authors.update(age=best) == 3
    assert authors.values_list("age", flat=True).fetch() == [3, 12, None]
    assert posts.filter(author__in=authors.filter(name="Bob")).update(views=F("views") + 1) == 2
    most = Post.objects.order_by("-views").values("views")[:1]
    made = Post.objects.create(title="e", views=Subquery(most))
    assert Post.objects.get(pk=made.pk).views == 13
    assert posts.filter(pk__in=Post.objects.filter(views__gt=9)).delete()[0] == 2


def test_case_and_when(db: Database) -> None:
    write()
    grade = Case(
        When(views__gte=10, then=Value("high")),
        When(Q(views__gte=5) & ~Q(author=None), then="title"),
        default=Value("low"),
    )

    rows = posts.annotate(grade=grade).values_list("grade", flat=True).fetch()
    assert rows == ["low", "high", "c", "low"]
    assert titles(posts.annotate(grade=grade).filter(grade="low")) == "ad"
    assert titles(posts.order_by(Case(When(title="c", then=0), default=1), "title")) == "cabd"
    assert posts.aggregate(
        n=Sum(Case(When(views__gt=5, then=1), default=0)),
    ) == {"n": 3}
    posts.update(views=Case(When(title="a", then=F("views") + 1), default=F("views")))
    assert posts.values_list("views", flat=True).fetch() == [4, 12, 7, 7]


def test_conditions_as_values(db: Database) -> None:
    write()

    rows = posts.annotate(popular=Q(views__gt=5)).values_list("popular", flat=True).fetch()
    assert rows == [False, True, True, True]
    assert titles(posts.annotate(popular=Q(views__gt=5)).filter(popular=False)) == "a"
    assert titles(posts.order_by(Q(views__gt=9), "title")) == "acdb"


def test_raw_sql_binds_its_parameters(db: Database) -> None:
    write()

    double = RawSQL("views * %s", (2,), IntegerField())
    assert posts.annotate(x=double).values_list("x", flat=True).fetch() == [6, 24, 14, 14]
    assert titles(posts.filter(views__lt=RawSQL("%s + 5", (3,)))) == "acd"
    text = RawSQL("CONCAT(title, %s)" if db.dialect.name == "mysql" else "title || %s", ("%s",))
    assert posts.annotate(x=text).values_list("x", flat=True)[:1].fetch() == ["a%s"]
