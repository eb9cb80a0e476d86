# generated from tests/_async/test_deleting.py by scripts/generate_sync.py;
# change that file, not this one
"""What goes with a row that is deleted, what stays, what prevents it, and what does it cost?"""

from __future__ import annotations

import random

import pytest

from covet.sync import (
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


def nobody() -> Author:
    CALLED.append("nobody")
    author, _ = Author.objects.get_or_create(name="Nobody")
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


def ann_and_bob() -> tuple[Author, Author]:
    """Two authors, the first with two posts and three comments under them."""
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    bread = Post.objects.create(title="Bread", author=ann)
    butter = Post.objects.create(title="Butter", author=ann)
    Comment.objects.create(text="good", post=bread, author=bob)
    Comment.objects.create(text="bad", post=bread, author=ann)
    Comment.objects.create(text="old", post=butter)
    return ann, bob


# --- CASCADE -------------------------------------------------------------------------------------


def test_what_cascades_goes_too_and_is_counted_by_model(db: Database) -> None:
    ann, bob = ann_and_bob()
    other = Post.objects.create(title="Bob's", author=bob)
    mine = Comment.objects.create(text="mine", post=other, author=ann)

    assert ann.delete() == (7, {"Author": 1, "Post": 2, "Comment": 4})

    assert ann.pk is None
    assert Author.objects.values_list("name", flat=True) == ["Bob"]
    assert Post.objects.values_list("title", flat=True) == ["Bob's"]
    assert Comment.objects.filter(pk=mine.pk).exists() is False


def test_a_query_deletes_what_hangs_on_its_rows(db: Database) -> None:
    _, bob = ann_and_bob()

    found = Post.objects.filter(comments__author=bob).order_by("title").delete()

    assert found == (3, {"Post": 1, "Comment": 2})
    assert Post.objects.values_list("title", flat=True) == ["Butter"]
    assert Comment.objects.values_list("text", flat=True) == ["old"]


def test_a_row_that_a_query_finds_twice_goes_once(db: Database) -> None:
    ann_and_bob()

    found = Post.objects.filter(comments__text__in=["good", "bad"]).delete()

    assert found == (3, {"Post": 1, "Comment": 2})


def test_the_manager_of_related_rows_deletes_alike(db: Database) -> None:
    ann, _ = ann_and_bob()

    found = ann.posts.filter(title="Bread").delete()

    assert found == (3, {"Post": 1, "Comment": 2})


def test_rows_without_relations_go_in_one_statement_and_no_transaction(db: Database) -> None:
    ann_and_bob()

    with capture_queries(transactions=True) as queries:
        found = Comment.objects.filter(post__title="Bread").delete()

    assert found == (2, {"Comment": 2})
    assert len(queries) == 1


def test_rows_that_nothing_hangs_on_are_deleted_without_being_read(db: Database) -> None:
    ann_and_bob()
    post = Post.objects.get(title="Bread")

    with capture_queries(transactions=True) as queries:
        found = post.delete()

    assert found == (3, {"Post": 1, "Comment": 2})
    words = [query.sql.split()[0] for query in queries]
    assert words[0] in ("BEGIN", "START")
    # The prizes protect; the comments hang on nothing else, so one DELETE takes them.
    assert words[1:] == ["SELECT", "DELETE", "DELETE", "COMMIT"]


def test_a_query_reads_the_keys_of_its_rows_and_nothing_else(db: Database) -> None:
    ann_and_bob()

    with capture_queries() as queries:
        Post.objects.filter(title__startswith="B").delete()

    q = db.dialect.quoted
    assert queries[0].sql.startswith(f"SELECT {q('post')}.{q('id')} FROM ")
    # the keys, the prizes, the comments' DELETE, the posts'
    assert len(queries) == 4


def test_nothing_more_is_asked_where_there_are_no_rows(db: Database) -> None:
    with capture_queries() as queries:
        assert Post.objects.filter(title="x").delete() == (0, {})
    assert len(queries) == 1

    with capture_queries() as queries:
        assert Post.objects.none().delete() == (0, {})
    assert queries == []


def test_thousands_of_rows_go_in_few_statements(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    posts = Post.objects.bulk_create([Post(title=str(n), author=ann) for n in range(5000)])
    Comment.objects.bulk_create([Comment(text="x", post=post) for post in posts])

    with capture_queries() as queries:
        found = ann.delete()

    assert found == (10001, {"Author": 1, "Post": 5000, "Comment": 5000})
    batches = -(-5000 // db.dialect.most_keys)
    deletes = [query for query in queries if query.sql.startswith("DELETE FROM ")]
    # Posts and comments by batches, comments of the author's own in other posts, and the author.
    assert len(deletes) == 2 * batches + 2
    assert len(queries) < 2 * len(deletes) + 8


def test_keys_to_another_field_than_the_primary_key_are_followed(db: Database) -> None:
    Country.objects.create(code="AT")
    de = Country.objects.create(code="DE")
    graz = City.objects.create(country_id="AT", twin_id="DE")
    bonn = City.objects.create(country_id="DE")
    City.objects.create(country_id="AT")
    Street.objects.bulk_create([Street(city=graz), Street(city=bonn), Street(city=bonn)])

    assert de.delete() == (6, {"Country": 1, "City": 2, "Street": 3})

    assert City.objects.count() == 1


def test_a_key_that_was_changed_in_memory_only_does_not_count(db: Database) -> None:
    country = Country.objects.create(code="DE")
    City.objects.create(country=country)
    country.code = "XX"

    assert country.delete() == (2, {"Country": 1, "City": 1})


def test_a_primary_key_that_is_a_relation(db: Database) -> None:
    ann = User.objects.create(name="Ann")
    profile = Profile.objects.create(user=ann)
    Picture.objects.create(profile=profile)

    assert ann.delete() == (3, {"User": 1, "Profile": 1, "Picture": 1})


def test_deleting_what_is_gone_already_counts_nothing(db: Database) -> None:
    ann, _ = ann_and_bob()
    again = Author.objects.get(pk=ann.pk)
    ann.delete()

    assert again.delete() == (0, {})


# --- PROTECT and RESTRICT ------------------------------------------------------------------------


def test_what_is_protected_is_not_deleted_and_nothing_is_changed(db: Database) -> None:
    ann, _ = ann_and_bob()
    prize = Prize.objects.create(author=ann)
    note = Note.objects.create(nulled=ann, defaulted=None)

    with capture_queries() as queries, pytest.raises(ProtectedError) as caught:
        Author.objects.all().delete()

    assert {query.kind for query in queries} == {"fetch"}
    assert caught.value.protected_objects == {prize}
    assert str(caught.value) == (
        "Author cannot be deleted, as rows that protect it refer to it: Prize.author (1). "
        "Delete those first, or point them elsewhere; protected_objects has them."
    )
    assert isinstance(caught.value, IntegrityError)
    note.refresh_from_db()
    assert note.nulled_id == ann.pk
    assert Author.objects.count() == 2
    with pytest.raises(ProtectedError):
        ann.delete()
    assert ann.pk is not None


def test_a_row_further_away_protects_as_well(db: Database) -> None:
    ann, bob = ann_and_bob()
    post = Post.objects.get(title="Bread")
    Prize.objects.create(author=bob, post=post)

    with pytest.raises(ProtectedError) as caught:
        ann.delete()

    assert str(caught.value).startswith("Post cannot be deleted, as rows that protect it refer to ")
    assert Comment.objects.count() == 3


def test_a_row_that_would_go_too_protects_all_the_same(db: Database) -> None:
    ann, _ = ann_and_bob()
    post = Post.objects.get(title="Bread")
    Prize.objects.create(author=ann, post=post)

    with pytest.raises(ProtectedError):
        Post.objects.all().delete()


def test_after_a_refusal_the_block_around_goes_on(db: Database) -> None:
    ann, bob = ann_and_bob()
    Prize.objects.create(author=ann)

    with atomic():
        with pytest.raises(ProtectedError):
            ann.delete()
        bob.delete()

    assert Author.objects.values_list("name", flat=True) == ["Ann"]


def test_rows_that_restrict_and_stay_prevent_it(db: Database) -> None:
    one, two = Artist.objects.create(name="One"), Artist.objects.create(name="Two")
    first = Album.objects.create(artist=one)
    second = Album.objects.create(artist=two)
    song = Song.objects.create(artist=one, album=first)
    other = Song.objects.create(artist=one, album=second)

    with capture_queries() as queries, pytest.raises(RestrictedError) as caught:
        first.delete()

    assert {query.kind for query in queries} == {"fetch"}
    assert caught.value.restricted_objects == {song}
    assert isinstance(caught.value, IntegrityError)
    with pytest.raises(RestrictedError) as caught:
        two.delete()
    assert caught.value.restricted_objects == {other}
    assert str(caught.value) == (
        "Album cannot be deleted, as rows that are not deleted with it refer to it: Song.album (1)."
        " Delete those first, or point them elsewhere; restricted_objects has them."
    )
    assert Album.objects.count() == 2


def test_rows_that_restrict_and_go_as_well_do_not_prevent_it(db: Database) -> None:
    artist = Artist.objects.create(name="One")
    album = Album.objects.create(artist=artist)
    song = Song.objects.create(artist=artist, album=album)
    Verse.objects.create(album=album, song=song)

    found = artist.delete()

    assert found == (4, {"Artist": 1, "Album": 1, "Song": 1, "Verse": 1})


def test_of_rows_deleted_unseen_those_that_stay_restrict(db: Database) -> None:
    one, two = Artist.objects.create(name="One"), Artist.objects.create(name="Two")
    album = Album.objects.create(artist=one)
    mine = Song.objects.create(artist=one, album=album)
    album_of_two = Album.objects.create(artist=two)
    song_of_two = Song.objects.create(artist=two, album=album_of_two)
    Verse.objects.create(album=album, song=mine)
    left = Verse.objects.create(album=album, song=song_of_two)

    with pytest.raises(RestrictedError) as caught:
        one.delete()

    assert caught.value.restricted_objects == {left}
    assert Verse.objects.count() == 2


def test_all_of_both_go_together(db: Database) -> None:
    artist = Artist.objects.create(name="One")
    album = Album.objects.create(artist=artist)
    Song.objects.create(artist=artist, album=album)

    assert Artist.objects.all().delete() == (3, {"Artist": 1, "Album": 1, "Song": 1})


# --- SET -----------------------------------------------------------------------------------------


def test_rows_are_kept_and_point_elsewhere(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    Author.objects.create(id=1000, name="Default")
    Author.objects.create(id=1001, name="Set")
    notes = [
        Note.objects.create(nulled=ann, defaulted=bob, set_to=bob, called=bob),
        Note.objects.create(nulled=bob, defaulted=ann, set_to=bob, called_too=ann),
        Note.objects.create(nulled=bob, defaulted=bob, set_to=ann, called=ann),
        Note.objects.create(nulled=ann, defaulted=None, called=ann),
    ]
    CALLED.clear()

    with capture_queries() as queries:
        found = ann.delete()

    assert found == (1, {"Author": 1})
    assert CALLED == ["nobody"]
    updates = [query for query in queries if query.sql.startswith("UPDATE ")]
    assert len(updates) == 5
    one = Author.objects.get(name="Nobody")
    rows = [
        (note.nulled_id, note.defaulted_id, note.set_to_id, note.called_id, note.called_too_id)
        for note in Note.objects.order_by("id").fetch()
    ]
    assert rows == [
        (None, bob.pk, bob.pk, bob.pk, None),
        (bob.pk, 1000, bob.pk, None, 1001),
        (bob.pk, bob.pk, 1001, one.pk, None),
        (None, None, None, one.pk, None),
    ]
    assert len(notes) == 4


def test_what_a_function_did_is_undone_with_the_rest(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    Note.objects.create(called=ann, defaulted=ann)  # the default points to no row
    CALLED.clear()

    with pytest.raises(IntegrityError):
        ann.delete()

    assert CALLED == ["nobody"]
    assert Author.objects.values_list("name", flat=True) == ["Ann"]
    assert Note.objects.filter(called=ann).count() == 1


def test_no_function_is_called_where_nothing_may_be_deleted(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    Note.objects.create(called=ann, defaulted=None)
    Prize.objects.create(author=ann)
    CALLED.clear()

    with pytest.raises(ProtectedError):
        ann.delete()

    assert CALLED == []


# --- DO_NOTHING and the database's own rules -----------------------------------------------------


def test_what_is_left_to_the_database_is_refused_by_it_and_all_is_undone(
    db: Database,
) -> None:
    ann, _ = ann_and_bob()
    note = Note.objects.create(nulled=ann, defaulted=None)
    bill = Bill.objects.create(author=ann)

    with pytest.raises(IntegrityError) as caught:
        ann.delete()

    assert not isinstance(caught.value, ProtectedError | RestrictedError)
    assert Author.objects.count() == 2
    assert Post.objects.count() == 2
    assert Comment.objects.count() == 3
    note.refresh_from_db()
    assert note.nulled_id == ann.pk
    bill.delete()
    assert ann.delete()[0] == 6


def test_the_database_cascades_and_sets_null_by_itself(db: Database) -> None:
    one, two = Server.objects.create(name="1"), Server.objects.create(name="2")
    process = Process.objects.create(server=one)
    watched = Process.objects.create(server=two, watcher=one)
    Thread.objects.bulk_create([Thread(process=process), Thread(process=watched)])

    with capture_queries(transactions=True) as queries:
        found = one.delete()

    assert found == (1, {"Server": 1})
    assert len(queries) == 1
    watched.refresh_from_db()
    assert watched.watcher_id is None
    assert Process.objects.count() == 1
    assert Thread.objects.count() == 1


# --- rows that point to each other ---------------------------------------------------------------


def test_a_tree_goes_with_its_root(db: Database) -> None:
    root = Node.objects.create()
    for _ in range(3):
        child = Node.objects.create(parent=root)
        Node.objects.bulk_create([Node(parent=child) for _ in range(4)])
    Node.objects.create()

    assert child.delete() == (5, {"Node": 5})
    assert root.delete() == (11, {"Node": 11})
    assert Node.objects.count() == 1
    assert Node.objects.all().delete() == (1, {"Node": 1})


def test_a_tree_goes_in_whatever_order_its_rows_were_made(db: Database) -> None:
    low, mid, high = [Node.objects.create(id=n) for n in (1, 2, 3)]
    Node.objects.filter(pk=low.pk).update(parent=mid)
    Node.objects.filter(pk=mid.pk).update(parent=high)

    assert Node.objects.all().delete() == (3, {"Node": 3})


def test_a_tree_of_many_levels(db: Database) -> None:
    parent = root = Node.objects.create()
    for _ in range(150):
        parent = Node.objects.create(parent=parent)

    with capture_queries() as queries:
        found = root.delete()

    assert found == (151, {"Node": 151})
    reads = [query for query in queries if query.kind == "fetch"]
    assert len(reads) == 152  # the root, and the children of each
    if db.dialect.defer_keys:
        assert len(queries) == 153  # where keys are checked at a statement's end, one is enough


def test_a_tree_of_more_rows_than_one_statement_takes(db: Database) -> None:
    root = Node.objects.create()
    children = Node.objects.bulk_create([Node(parent=root) for _ in range(10_001)])
    Node.objects.create(parent=children[0])

    assert root.delete() == (10_003, {"Node": 10_003})


def test_a_tree_whose_keys_cannot_be_null(db: Database) -> None:
    Link.objects.create(code=0, next_id=0)
    for n in range(1, 120):
        Link.objects.create(code=n, next_id=n - 1)

    assert Link.objects.get(code=1).delete() == (119, {"Link": 119})


def test_a_row_that_points_to_itself(db: Database) -> None:
    node = Node.objects.create(id=5, parent_id=5)
    Node.objects.create(parent=node)

    assert node.delete() == (2, {"Node": 2})


def test_rows_in_a_circle_of_keys_that_can_be_null(db: Database) -> None:
    first = Node.objects.create()
    second = Node.objects.create(parent=first)
    third = Node.objects.create(parent=second)
    Node.objects.create(parent=third)
    first.parent = third
    first.save()

    assert second.delete() == (4, {"Node": 4})


def test_tables_in_a_circle(db: Database) -> None:
    team = Team.objects.create(name="Reds")
    captain = Player.objects.create(team=team)
    other = Player.objects.create(team=team, friend=captain)
    captain.friend = other
    captain.save()
    team.captain = captain
    team.save()
    blues = Team.objects.create(name="Blues", captain=other)
    Shirt.objects.create(player=other)

    assert team.delete() == (5, {"Team": 2, "Player": 2, "Shirt": 1})
    assert Team.objects.filter(pk=blues.pk).exists() is False


def test_a_circle_that_something_else_points_to_stays(db: Database) -> None:
    team = Team.objects.create(name="Reds")
    captain = Player.objects.create(team=team)
    team.captain = captain
    team.save()
    fan = Fan.objects.create(team=team)

    with pytest.raises(IntegrityError):
        team.delete()

    captain.refresh_from_db()
    assert Team.objects.filter(captain=captain).count() == 1
    fan.delete()
    assert captain.delete() == (2, {"Team": 1, "Player": 1})


def test_keys_are_checked_at_once_again_afterwards(db: Database) -> None:
    with atomic():
        team = Team.objects.create(name="Reds")
        captain = Player.objects.create(team=team)
        team.captain = captain
        team.save()
        team.delete()
        with pytest.raises(IntegrityError):
            with atomic():
                Player.objects.create(team_id=10**6)


@pytest.mark.databases("sqlite", "postgresql")
def test_a_circle_of_keys_that_cannot_be_null_is_deferred(db: Database) -> None:
    with atomic():
        db.execute(db.dialect.defer_keys)
        egg = Egg.objects.create(id=1, chicken_id=1)
        Chicken.objects.create(id=1, egg_id=1)
    Chicken.objects.create(id=2, egg=egg)
    basket = Basket.objects.create(egg=egg)

    with pytest.raises(IntegrityError):
        egg.delete()
    assert Chicken.objects.count() == 2

    basket.delete()
    assert egg.delete() == (3, {"Chicken": 2, "Egg": 1})


def test_a_circle_that_is_left_to_the_database(db: Database) -> None:
    first = Loop.objects.create(id=1, next_id=1)
    second = Loop.objects.create(id=2, next=first)
    first.next = second
    first.save()

    assert first.delete() == (1, {"Loop": 1})
    assert Loop.objects.count() == 0


def ring() -> Link:
    """Two rows that point to each other by keys that cannot be null, and a third that hangs on."""
    first = Link.objects.create(code=1, next_id=1)
    Link.objects.create(code=2, next_id=1)
    Link.objects.create(code=3, next_id=2)
    first.next_id = 2
    first.save()
    return first


@pytest.mark.databases("sqlite", "postgresql")
def test_rows_in_a_circle_of_keys_that_cannot_be_null(db: Database) -> None:
    first = ring()
    Link.objects.create(code=4, next_id=4)

    assert first.delete() == (3, {"Link": 3})
    assert Link.objects.all().delete() == (1, {"Link": 1})


@pytest.mark.databases("mysql")
def test_where_keys_are_checked_row_by_row_such_a_circle_is_refused(db: Database) -> None:
    first = ring()

    with capture_queries() as queries, pytest.raises(NotSupportedError) as caught:
        first.delete()

    assert {query.kind for query in queries} == {"fetch"}
    assert str(caught.value) == (
        "Rows point to themselves, or to each other in a circle, by keys that cannot be null: "
        f"Link.next; {db.dialect.product} checks keys row by row and can delete none of them "
        "first. Let one of the keys be null, or give it on_delete=DB_CASCADE."
    )


@pytest.mark.parametrize("seed", range(20))
def test_of_random_rows_goes_what_hangs_on_those_deleted_and_nothing_else(
    db: Database, seed: int
) -> None:
    chance = random.Random(seed)
    teams = [("team", n) for n in range(1, 6)]
    players = [("player", n) for n in range(1, 16)]
    shirts = [("shirt", n) for n in range(1, 11)]
    points: dict[tuple[str, int], list[tuple[str, int]]] = {}
    Team.objects.bulk_create([Team(id=n, name=str(n)) for _, n in teams])
    for player in players:
        points[player] = [chance.choice(teams)]
        Player.objects.create(id=player[1], team_id=points[player][0][1])
    for player in chance.sample(players, 10):
        friend = chance.choice(players)
        points[player].append(friend)
        Player.objects.filter(pk=player[1]).update(friend=friend[1])
    for team in chance.sample(teams, 3):
        points[team] = [chance.choice(players)]
        Team.objects.filter(pk=team[1]).update(captain=points[team][0][1])
    for shirt in shirts:
        points[shirt] = [chance.choice(players)]
        Shirt.objects.create(id=shirt[1], player_id=points[shirt][0][1])
    chosen = chance.sample(players, 2)
    gone = set(chosen)
    while more := {row for row, others in points.items() if gone & {*others}} - gone:
        gone |= more

    found = Player.objects.filter(pk__in=[n for _, n in chosen]).delete()

    assert found[0] == len(gone)
    assert found[1].get("Shirt", 0) == len(gone & {*shirts})
    for model, rows in ((Team, teams), (Player, players), (Shirt, shirts)):
        left = model.objects.order_by("pk").values_list("pk", flat=True).fetch()
        assert left == [row[1] for row in rows if row not in gone]


# --- many-to-many --------------------------------------------------------------------------------


def test_links_go_with_either_side_and_are_counted(db: Database) -> None:
    red, blue = [Tag.objects.create(word=word) for word in ("red", "blue")]
    one, two = [Page.objects.create(title=title) for title in ("one", "two")]
    one.tags.add(red, blue)
    two.tags.add(blue)

    with capture_queries() as queries:
        assert blue.delete() == (3, {"Page_tags": 2, "Tag": 1})

    assert len(queries) == 3  # the links of pages, those of leaves, and the tag
    assert one.delete() == (2, {"Page_tags": 1, "Page": 1})
    assert Page.objects.all().delete() == (1, {"Page": 1})


def test_links_of_rows_that_the_database_deletes_go_too(db: Database) -> None:
    book = Book.objects.create(title="Bread")
    page = Leaf.objects.create(book=book)
    tag = Tag.objects.create(word="red")
    page.tags.add(tag)

    assert book.delete() == (1, {"Book": 1})

    assert Leaf.tags.through.objects.count() == 0
    assert tag.delete() == (1, {"Tag": 1})
