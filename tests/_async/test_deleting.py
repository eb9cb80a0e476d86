"""What goes with a row that is deleted, what stays, what prevents it, and what does it cost?"""

from __future__ import annotations

import random

import pytest

from covet.aio import (
    DB_CASCADE,
    DB_SET_NULL,
    DO_NOTHING,
    PROTECT,
    RESTRICT,
    SET,
    SET_DEFAULT,
    SET_NULL,
    CharField,
    Database,
    ForeignKey,
    IntegerField,
    IntegrityError,
    ManyToManyField,
    Model,
    NotSupportedError,
    OneToOneField,
    ProtectedError,
    RestrictedError,
    atomic,
    capture_queries,
)

CALLED: list[str] = []


class Author(Model):
    name = CharField(max_length=20)


async def nobody() -> Author:
    CALLED.append("nobody")
    author, _ = await Author.objects.get_or_create(name="Nobody")
    return author


class Post(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, related_name="posts")


class Comment(Model):
    text = CharField(max_length=20)
    post = ForeignKey(Post, related_name="comments")
    author = ForeignKey(Author, null=True, related_name="comments")


class Note(Model):
    """What becomes of it when its author goes: it is kept."""

    nulled = ForeignKey(Author, SET_NULL, null=True, related_name="+")
    defaulted = ForeignKey(Author, SET_DEFAULT, null=True, default=1000, related_name="+")
    set_to = ForeignKey(Author, SET(1001), null=True, related_name="+")
    called = ForeignKey(Author, SET(nobody), null=True, related_name="+")
    called_too = ForeignKey(Author, SET(lambda: 1001), null=True, related_name="+")


class Prize(Model):
    author = ForeignKey(Author, PROTECT, related_name="prizes")
    post = ForeignKey(Post, PROTECT, null=True, related_name="+")


class Bill(Model):
    author = ForeignKey(Author, DO_NOTHING, related_name="+")


# The classes of Django's own documentation of RESTRICT.


class Artist(Model):
    name = CharField(max_length=20)


class Album(Model):
    artist = ForeignKey(Artist)


class Song(Model):
    artist = ForeignKey(Artist)
    album = ForeignKey(Album, RESTRICT, related_name="songs")


class Verse(Model):
    """It makes songs rows that have to be looked at, if it is one of a song."""

    album = ForeignKey(Album, RESTRICT)
    song = ForeignKey(Song, related_name="verses")


class Country(Model):
    code = CharField(max_length=2, unique=True)


class City(Model):
    country = ForeignKey(Country, to_field="code")
    twin = ForeignKey("Country", null=True, to_field="code", related_name="+")


class Street(Model):
    city = ForeignKey(City)


class User(Model):
    name = CharField(max_length=20)


class Profile(Model):
    user = OneToOneField(User, primary_key=True)


class Picture(Model):
    profile = ForeignKey(Profile)


class Server(Model):
    name = CharField(max_length=20)


class Process(Model):
    server = ForeignKey(Server, DB_CASCADE)
    watcher = ForeignKey(Server, DB_SET_NULL, null=True, related_name="+")


class Thread(Model):
    process = ForeignKey(Process, DB_CASCADE)


class Node(Model):
    parent = ForeignKey("self", null=True, related_name="children")


class Link(Model):
    """A tree whose root points to itself."""

    code = IntegerField(unique=True)
    next = ForeignKey("self", to_field="code", related_name="+")


class Loop(Model):
    """A circle that is left to the database."""

    next = ForeignKey("self", DB_CASCADE, related_name="+")


class Team(Model):
    name = CharField(max_length=20)
    captain = ForeignKey("Player", null=True, related_name="captain_of")


class Player(Model):
    team = ForeignKey(Team, related_name="players")
    friend = ForeignKey("self", null=True, related_name="+")


class Shirt(Model):
    player = ForeignKey(Player)


class Fan(Model):
    team = ForeignKey(Team, DO_NOTHING)


class Chicken(Model):
    egg = ForeignKey("Egg", related_name="+")


class Egg(Model):
    chicken = ForeignKey(Chicken, related_name="+")


class Basket(Model):
    egg = ForeignKey(Egg, DO_NOTHING)


class Tag(Model):
    word = CharField(max_length=20)


class Page(Model):
    title = CharField(max_length=20)
    tags = ManyToManyField(Tag, related_name="pages")


class Book(Model):
    title = CharField(max_length=20)


class Leaf(Model):
    """The database deletes it, so it has to delete its links too."""

    book = ForeignKey(Book, DB_CASCADE)
    tags = ManyToManyField(Tag, related_name="+")


async def ann_and_bob() -> tuple[Author, Author]:
    """Two authors, the first with two posts and three comments under them."""
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    bread = await Post.objects.create(title="Bread", author=ann)
    butter = await Post.objects.create(title="Butter", author=ann)
    await Comment.objects.create(text="good", post=bread, author=bob)
    await Comment.objects.create(text="bad", post=bread, author=ann)
    await Comment.objects.create(text="old", post=butter)
    return ann, bob


# --- CASCADE -------------------------------------------------------------------------------------


async def test_what_cascades_goes_too_and_is_counted_by_model(db: Database) -> None:
    ann, bob = await ann_and_bob()
    other = await Post.objects.create(title="Bob's", author=bob)
    mine = await Comment.objects.create(text="mine", post=other, author=ann)

    assert await ann.delete() == (7, {"Author": 1, "Post": 2, "Comment": 4})

    assert ann.pk is None
    assert await Author.objects.values_list("name", flat=True) == ["Bob"]
    assert await Post.objects.values_list("title", flat=True) == ["Bob's"]
    assert await Comment.objects.filter(pk=mine.pk).exists() is False


async def test_a_query_deletes_what_hangs_on_its_rows(db: Database) -> None:
    _, bob = await ann_and_bob()

    found = await Post.objects.filter(comments__author=bob).order_by("title").delete()

    assert found == (3, {"Post": 1, "Comment": 2})
    assert await Post.objects.values_list("title", flat=True) == ["Butter"]
    assert await Comment.objects.values_list("text", flat=True) == ["old"]


async def test_a_row_that_a_query_finds_twice_goes_once(db: Database) -> None:
    await ann_and_bob()

    found = await Post.objects.filter(comments__text__in=["good", "bad"]).delete()

    assert found == (3, {"Post": 1, "Comment": 2})


async def test_the_manager_of_related_rows_deletes_alike(db: Database) -> None:
    ann, _ = await ann_and_bob()

    found = await ann.posts.filter(title="Bread").delete()

    assert found == (3, {"Post": 1, "Comment": 2})


async def test_rows_without_relations_go_in_one_statement_and_no_transaction(db: Database) -> None:
    await ann_and_bob()

    with capture_queries(transactions=True) as queries:
        found = await Comment.objects.filter(post__title="Bread").delete()

    assert found == (2, {"Comment": 2})
    assert len(queries) == 1


async def test_rows_that_nothing_hangs_on_are_deleted_without_being_read(db: Database) -> None:
    await ann_and_bob()
    post = await Post.objects.get(title="Bread")

    with capture_queries(transactions=True) as queries:
        found = await post.delete()

    assert found == (3, {"Post": 1, "Comment": 2})
    words = [query.sql.split()[0] for query in queries]
    assert words[0] in ("BEGIN", "START")
    # The prizes protect; the comments hang on nothing else, so one DELETE takes them.
    assert words[1:] == ["SELECT", "DELETE", "DELETE", "COMMIT"]


async def test_a_query_reads_the_keys_of_its_rows_and_nothing_else(db: Database) -> None:
    await ann_and_bob()

    with capture_queries() as queries:
        await Post.objects.filter(title__startswith="B").delete()

    q = db.dialect.quoted
    assert queries[0].sql.startswith(f"SELECT {q('post')}.{q('id')} FROM ")
    # the keys, the prizes, the comments' DELETE, the posts'
    assert len(queries) == 4


async def test_nothing_more_is_asked_where_there_are_no_rows(db: Database) -> None:
    with capture_queries() as queries:
        assert await Post.objects.filter(title="x").delete() == (0, {})
    assert len(queries) == 1

    with capture_queries() as queries:
        assert await Post.objects.none().delete() == (0, {})
    assert queries == []


async def test_thousands_of_rows_go_in_few_statements(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    posts = await Post.objects.bulk_create([Post(title=str(n), author=ann) for n in range(5000)])
    await Comment.objects.bulk_create([Comment(text="x", post=post) for post in posts])

    with capture_queries() as queries:
        found = await ann.delete()

    assert found == (10001, {"Author": 1, "Post": 5000, "Comment": 5000})
    batches = -(-5000 // db.dialect.most_keys)
    deletes = [query for query in queries if query.sql.startswith("DELETE FROM ")]
    # Posts and comments by batches, comments of the author's own in other posts, and the author.
    assert len(deletes) == 2 * batches + 2
    assert len(queries) < 2 * len(deletes) + 8


async def test_keys_to_another_field_than_the_primary_key_are_followed(db: Database) -> None:
    await Country.objects.create(code="AT")
    de = await Country.objects.create(code="DE")
    graz = await City.objects.create(country_id="AT", twin_id="DE")
    bonn = await City.objects.create(country_id="DE")
    await City.objects.create(country_id="AT")
    await Street.objects.bulk_create([Street(city=graz), Street(city=bonn), Street(city=bonn)])

    assert await de.delete() == (6, {"Country": 1, "City": 2, "Street": 3})

    assert await City.objects.count() == 1


async def test_a_key_that_was_changed_in_memory_only_does_not_count(db: Database) -> None:
    country = await Country.objects.create(code="DE")
    await City.objects.create(country=country)
    country.code = "XX"

    assert await country.delete() == (2, {"Country": 1, "City": 1})


async def test_a_primary_key_that_is_a_relation(db: Database) -> None:
    ann = await User.objects.create(name="Ann")
    profile = await Profile.objects.create(user=ann)
    await Picture.objects.create(profile=profile)

    assert await ann.delete() == (3, {"User": 1, "Profile": 1, "Picture": 1})


async def test_deleting_what_is_gone_already_counts_nothing(db: Database) -> None:
    ann, _ = await ann_and_bob()
    again = await Author.objects.get(pk=ann.pk)
    await ann.delete()

    assert await again.delete() == (0, {})


# --- PROTECT and RESTRICT ------------------------------------------------------------------------


async def test_what_is_protected_is_not_deleted_and_nothing_is_changed(db: Database) -> None:
    ann, _ = await ann_and_bob()
    prize = await Prize.objects.create(author=ann)
    note = await Note.objects.create(nulled=ann, defaulted=None)

    with capture_queries() as queries, pytest.raises(ProtectedError) as caught:
        await Author.objects.all().delete()

    assert {query.kind for query in queries} == {"fetch"}
    assert caught.value.protected_objects == {prize}
    assert str(caught.value) == (
        "Author cannot be deleted, as rows that protect it refer to it: Prize.author (1). "
        "Delete those first, or point them elsewhere; protected_objects has them."
    )
    assert isinstance(caught.value, IntegrityError)
    await note.refresh_from_db()
    assert note.nulled_id == ann.pk
    assert await Author.objects.count() == 2
    with pytest.raises(ProtectedError):
        await ann.delete()
    assert ann.pk is not None


async def test_a_row_further_away_protects_as_well(db: Database) -> None:
    ann, bob = await ann_and_bob()
    post = await Post.objects.get(title="Bread")
    await Prize.objects.create(author=bob, post=post)

    with pytest.raises(ProtectedError) as caught:
        await ann.delete()

    assert str(caught.value).startswith("Post cannot be deleted, as rows that protect it refer to ")
    assert await Comment.objects.count() == 3


async def test_a_row_that_would_go_too_protects_all_the_same(db: Database) -> None:
    ann, _ = await ann_and_bob()
    post = await Post.objects.get(title="Bread")
    await Prize.objects.create(author=ann, post=post)

    with pytest.raises(ProtectedError):
        await Post.objects.all().delete()


async def test_after_a_refusal_the_block_around_goes_on(db: Database) -> None:
    ann, bob = await ann_and_bob()
    await Prize.objects.create(author=ann)

    async with atomic():
        with pytest.raises(ProtectedError):
            await ann.delete()
        await bob.delete()

    assert await Author.objects.values_list("name", flat=True) == ["Ann"]


async def test_rows_that_restrict_and_stay_prevent_it(db: Database) -> None:
    one, two = await Artist.objects.create(name="One"), await Artist.objects.create(name="Two")
    first = await Album.objects.create(artist=one)
    second = await Album.objects.create(artist=two)
    song = await Song.objects.create(artist=one, album=first)
    other = await Song.objects.create(artist=one, album=second)

    with capture_queries() as queries, pytest.raises(RestrictedError) as caught:
        await first.delete()

    assert {query.kind for query in queries} == {"fetch"}
    assert caught.value.restricted_objects == {song}
    assert isinstance(caught.value, IntegrityError)
    with pytest.raises(RestrictedError) as caught:
        await two.delete()
    assert caught.value.restricted_objects == {other}
    assert str(caught.value) == (
        "Album cannot be deleted, as rows that are not deleted with it refer to it: Song.album (1)."
        " Delete those first, or point them elsewhere; restricted_objects has them."
    )
    assert await Album.objects.count() == 2


async def test_rows_that_restrict_and_go_as_well_do_not_prevent_it(db: Database) -> None:
    artist = await Artist.objects.create(name="One")
    album = await Album.objects.create(artist=artist)
    song = await Song.objects.create(artist=artist, album=album)
    await Verse.objects.create(album=album, song=song)

    found = await artist.delete()

    assert found == (4, {"Artist": 1, "Album": 1, "Song": 1, "Verse": 1})


async def test_of_rows_deleted_unseen_those_that_stay_restrict(db: Database) -> None:
    one, two = await Artist.objects.create(name="One"), await Artist.objects.create(name="Two")
    album = await Album.objects.create(artist=one)
    mine = await Song.objects.create(artist=one, album=album)
    album_of_two = await Album.objects.create(artist=two)
    song_of_two = await Song.objects.create(artist=two, album=album_of_two)
    await Verse.objects.create(album=album, song=mine)
    left = await Verse.objects.create(album=album, song=song_of_two)

    with pytest.raises(RestrictedError) as caught:
        await one.delete()

    assert caught.value.restricted_objects == {left}
    assert await Verse.objects.count() == 2


async def test_all_of_both_go_together(db: Database) -> None:
    artist = await Artist.objects.create(name="One")
    album = await Album.objects.create(artist=artist)
    await Song.objects.create(artist=artist, album=album)

    assert await Artist.objects.all().delete() == (3, {"Artist": 1, "Album": 1, "Song": 1})


# --- SET -----------------------------------------------------------------------------------------


async def test_rows_are_kept_and_point_elsewhere(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    await Author.objects.create(id=1000, name="Default")
    await Author.objects.create(id=1001, name="Set")
    notes = [
        await Note.objects.create(nulled=ann, defaulted=bob, set_to=bob, called=bob),
        await Note.objects.create(nulled=bob, defaulted=ann, set_to=bob, called_too=ann),
        await Note.objects.create(nulled=bob, defaulted=bob, set_to=ann, called=ann),
        await Note.objects.create(nulled=ann, defaulted=None, called=ann),
    ]
    CALLED.clear()

    with capture_queries() as queries:
        found = await ann.delete()

    assert found == (1, {"Author": 1})
    assert CALLED == ["nobody"]
    updates = [query for query in queries if query.sql.startswith("UPDATE ")]
    assert len(updates) == 5
    one = await Author.objects.get(name="Nobody")
    rows = [
        (note.nulled_id, note.defaulted_id, note.set_to_id, note.called_id, note.called_too_id)
        for note in await Note.objects.order_by("id").fetch()
    ]
    assert rows == [
        (None, bob.pk, bob.pk, bob.pk, None),
        (bob.pk, 1000, bob.pk, None, 1001),
        (bob.pk, bob.pk, 1001, one.pk, None),
        (None, None, None, one.pk, None),
    ]
    assert len(notes) == 4


async def test_what_a_function_did_is_undone_with_the_rest(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    await Note.objects.create(called=ann, defaulted=ann)  # the default points to no row
    CALLED.clear()

    with pytest.raises(IntegrityError):
        await ann.delete()

    assert CALLED == ["nobody"]
    assert await Author.objects.values_list("name", flat=True) == ["Ann"]
    assert await Note.objects.filter(called=ann).count() == 1


async def test_no_function_is_called_where_nothing_may_be_deleted(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    await Note.objects.create(called=ann, defaulted=None)
    await Prize.objects.create(author=ann)
    CALLED.clear()

    with pytest.raises(ProtectedError):
        await ann.delete()

    assert CALLED == []


# --- DO_NOTHING and the database's own rules -----------------------------------------------------


async def test_what_is_left_to_the_database_is_refused_by_it_and_all_is_undone(
    db: Database,
) -> None:
    ann, _ = await ann_and_bob()
    note = await Note.objects.create(nulled=ann, defaulted=None)
    bill = await Bill.objects.create(author=ann)

    with pytest.raises(IntegrityError) as caught:
        await ann.delete()

    assert not isinstance(caught.value, ProtectedError | RestrictedError)
    assert await Author.objects.count() == 2
    assert await Post.objects.count() == 2
    assert await Comment.objects.count() == 3
    await note.refresh_from_db()
    assert note.nulled_id == ann.pk
    await bill.delete()
    assert (await ann.delete())[0] == 6


async def test_the_database_cascades_and_sets_null_by_itself(db: Database) -> None:
    one, two = await Server.objects.create(name="1"), await Server.objects.create(name="2")
    process = await Process.objects.create(server=one)
    watched = await Process.objects.create(server=two, watcher=one)
    await Thread.objects.bulk_create([Thread(process=process), Thread(process=watched)])

    with capture_queries(transactions=True) as queries:
        found = await one.delete()

    assert found == (1, {"Server": 1})
    assert len(queries) == 1
    await watched.refresh_from_db()
    assert watched.watcher_id is None
    assert await Process.objects.count() == 1
    assert await Thread.objects.count() == 1


# --- rows that point to each other ---------------------------------------------------------------


async def test_a_tree_goes_with_its_root(db: Database) -> None:
    root = await Node.objects.create()
    for _ in range(3):
        child = await Node.objects.create(parent=root)
        await Node.objects.bulk_create([Node(parent=child) for _ in range(4)])
    await Node.objects.create()

    assert await child.delete() == (5, {"Node": 5})
    assert await root.delete() == (11, {"Node": 11})
    assert await Node.objects.count() == 1
    assert await Node.objects.all().delete() == (1, {"Node": 1})


async def test_a_tree_goes_in_whatever_order_its_rows_were_made(db: Database) -> None:
    low, mid, high = [await Node.objects.create(id=n) for n in (1, 2, 3)]
    await Node.objects.filter(pk=low.pk).update(parent=mid)
    await Node.objects.filter(pk=mid.pk).update(parent=high)

    assert await Node.objects.all().delete() == (3, {"Node": 3})


async def test_a_tree_of_many_levels(db: Database) -> None:
    parent = root = await Node.objects.create()
    for _ in range(150):
        parent = await Node.objects.create(parent=parent)

    with capture_queries() as queries:
        found = await root.delete()

    assert found == (151, {"Node": 151})
    reads = [query for query in queries if query.kind == "fetch"]
    assert len(reads) == 152  # the root, and the children of each
    if db.dialect.defer_keys:
        assert len(queries) == 153  # where keys are checked at a statement's end, one is enough


async def test_a_tree_of_more_rows_than_one_statement_takes(db: Database) -> None:
    root = await Node.objects.create()
    children = await Node.objects.bulk_create([Node(parent=root) for _ in range(10_001)])
    await Node.objects.create(parent=children[0])

    assert await root.delete() == (10_003, {"Node": 10_003})


async def test_a_tree_whose_keys_cannot_be_null(db: Database) -> None:
    await Link.objects.create(code=0, next_id=0)
    for n in range(1, 120):
        await Link.objects.create(code=n, next_id=n - 1)

    assert await (await Link.objects.get(code=1)).delete() == (119, {"Link": 119})


async def test_a_row_that_points_to_itself(db: Database) -> None:
    node = await Node.objects.create(id=5, parent_id=5)
    await Node.objects.create(parent=node)

    assert await node.delete() == (2, {"Node": 2})


async def test_rows_in_a_circle_of_keys_that_can_be_null(db: Database) -> None:
    first = await Node.objects.create()
    second = await Node.objects.create(parent=first)
    third = await Node.objects.create(parent=second)
    await Node.objects.create(parent=third)
    first.parent = third
    await first.save()

    assert await second.delete() == (4, {"Node": 4})


async def test_tables_in_a_circle(db: Database) -> None:
    team = await Team.objects.create(name="Reds")
    captain = await Player.objects.create(team=team)
    other = await Player.objects.create(team=team, friend=captain)
    captain.friend = other
    await captain.save()
    team.captain = captain
    await team.save()
    blues = await Team.objects.create(name="Blues", captain=other)
    await Shirt.objects.create(player=other)

    assert await team.delete() == (5, {"Team": 2, "Player": 2, "Shirt": 1})
    assert await Team.objects.filter(pk=blues.pk).exists() is False


async def test_a_circle_that_something_else_points_to_stays(db: Database) -> None:
    team = await Team.objects.create(name="Reds")
    captain = await Player.objects.create(team=team)
    team.captain = captain
    await team.save()
    fan = await Fan.objects.create(team=team)

    with pytest.raises(IntegrityError):
        await team.delete()

    await captain.refresh_from_db()
    assert await Team.objects.filter(captain=captain).count() == 1
    await fan.delete()
    assert await captain.delete() == (2, {"Team": 1, "Player": 1})


async def test_keys_are_checked_at_once_again_afterwards(db: Database) -> None:
    async with atomic():
        team = await Team.objects.create(name="Reds")
        captain = await Player.objects.create(team=team)
        team.captain = captain
        await team.save()
        await team.delete()
        with pytest.raises(IntegrityError):
            async with atomic():
                await Player.objects.create(team_id=10**6)


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_circle_of_keys_that_cannot_be_null_is_deferred(db: Database) -> None:
    async with atomic():
        await db.execute(db.dialect.defer_keys)
        egg = await Egg.objects.create(id=1, chicken_id=1)
        await Chicken.objects.create(id=1, egg_id=1)
    await Chicken.objects.create(id=2, egg=egg)
    basket = await Basket.objects.create(egg=egg)

    with pytest.raises(IntegrityError):
        await egg.delete()
    assert await Chicken.objects.count() == 2

    await basket.delete()
    assert await egg.delete() == (3, {"Chicken": 2, "Egg": 1})


async def test_a_circle_that_is_left_to_the_database(db: Database) -> None:
    first = await Loop.objects.create(id=1, next_id=1)
    second = await Loop.objects.create(id=2, next=first)
    first.next = second
    await first.save()

    assert await first.delete() == (1, {"Loop": 1})
    assert await Loop.objects.count() == 0


async def ring() -> Link:
    """Two rows that point to each other by keys that cannot be null, and a third that hangs on."""
    first = await Link.objects.create(code=1, next_id=1)
    await Link.objects.create(code=2, next_id=1)
    await Link.objects.create(code=3, next_id=2)
    first.next_id = 2
    await first.save()
    return first


@pytest.mark.databases("sqlite", "postgresql")
async def test_rows_in_a_circle_of_keys_that_cannot_be_null(db: Database) -> None:
    first = await ring()
    await Link.objects.create(code=4, next_id=4)

    assert await first.delete() == (3, {"Link": 3})
    assert await Link.objects.all().delete() == (1, {"Link": 1})


@pytest.mark.databases("mysql")
async def test_where_keys_are_checked_row_by_row_such_a_circle_is_refused(db: Database) -> None:
    first = await ring()

    with capture_queries() as queries, pytest.raises(NotSupportedError) as caught:
        await first.delete()

    assert {query.kind for query in queries} == {"fetch"}
    assert str(caught.value) == (
        "Rows point to themselves, or to each other in a circle, by keys that cannot be null: "
        f"Link.next; {db.dialect.product} checks keys row by row and can delete none of them "
        "first. Let one of the keys be null, or give it on_delete=DB_CASCADE."
    )


@pytest.mark.parametrize("seed", range(20))
async def test_of_random_rows_goes_what_hangs_on_those_deleted_and_nothing_else(
    db: Database, seed: int
) -> None:
    chance = random.Random(seed)
    teams = [("team", n) for n in range(1, 6)]
    players = [("player", n) for n in range(1, 16)]
    shirts = [("shirt", n) for n in range(1, 11)]
    points: dict[tuple[str, int], list[tuple[str, int]]] = {}
    await Team.objects.bulk_create([Team(id=n, name=str(n)) for _, n in teams])
    for player in players:
        points[player] = [chance.choice(teams)]
        await Player.objects.create(id=player[1], team_id=points[player][0][1])
    for player in chance.sample(players, 10):
        friend = chance.choice(players)
        points[player].append(friend)
        await Player.objects.filter(pk=player[1]).update(friend=friend[1])
    for team in chance.sample(teams, 3):
        points[team] = [chance.choice(players)]
        await Team.objects.filter(pk=team[1]).update(captain=points[team][0][1])
    for shirt in shirts:
        points[shirt] = [chance.choice(players)]
        await Shirt.objects.create(id=shirt[1], player_id=points[shirt][0][1])
    chosen = chance.sample(players, 2)
    gone = set(chosen)
    while more := {row for row, others in points.items() if gone & {*others}} - gone:
        gone |= more

    found = await Player.objects.filter(pk__in=[n for _, n in chosen]).delete()

    assert found[0] == len(gone)
    assert found[1].get("Shirt", 0) == len(gone & {*shirts})
    for model, rows in ((Team, teams), (Player, players), (Shirt, shirts)):
        left = await model.objects.order_by("pk").values_list("pk", flat=True).fetch()
        assert left == [row[1] for row in rows if row not in gone]


# --- many-to-many --------------------------------------------------------------------------------


async def test_links_go_with_either_side_and_are_counted(db: Database) -> None:
    red, blue = [await Tag.objects.create(word=word) for word in ("red", "blue")]
    one, two = [await Page.objects.create(title=title) for title in ("one", "two")]
    await one.tags.add(red, blue)
    await two.tags.add(blue)

    with capture_queries() as queries:
        assert await blue.delete() == (3, {"Page_tags": 2, "Tag": 1})

    assert len(queries) == 3  # the links of pages, those of leaves, and the tag
    assert await one.delete() == (2, {"Page_tags": 1, "Page": 1})
    assert await Page.objects.all().delete() == (1, {"Page": 1})


async def test_links_of_rows_that_the_database_deletes_go_too(db: Database) -> None:
    book = await Book.objects.create(title="Bread")
    page = await Leaf.objects.create(book=book)
    tag = await Tag.objects.create(word="red")
    await page.tags.add(tag)

    assert await book.delete() == (1, {"Book": 1})

    assert await Leaf.tags.through.objects.count() == 0
    assert await tag.delete() == (1, {"Tag": 1})
