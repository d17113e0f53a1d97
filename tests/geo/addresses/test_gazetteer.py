"""What an address says, and what it does not say."""

from __future__ import annotations

import pytest

from geo.addresses import AddressEntry, Gazetteer, Numbers

NORTH, SOUTH = "D1", "D2"
ENTRIES = [
    AddressEntry("青禾区", "district", NORTH),
    AddressEntry("白渡区", "district", SOUTH, aliases=("Baidu Ferry District",)),
    AddressEntry("桂香新村街道", "street", NORTH, "S1"),
    AddressEntry("松泉街道", "street", NORTH, "S2"),
    AddressEntry("柳岸街道", "street", SOUTH, "S3"),
    AddressEntry("竹镇镇", "street", SOUTH, "S4"),
    AddressEntry("梅坞社区居委会", "community", NORTH, "S1", "C1"),
    AddressEntry("河埠村委会", "community", NORTH, "S1", "C2"),
    AddressEntry("枫桥社区居委会", "community", NORTH, "S2", "C3"),
    AddressEntry("枫桥社区居委会", "community", SOUTH, "S3", "C4"),
    AddressEntry("柳岸社区居委会", "community", SOUTH, "S3", "C5"),
    AddressEntry("望江花园社区居委会", "community", SOUTH, "S3", "C6"),
    AddressEntry("秦村村委会", "community", SOUTH, "S4", "C7"),
    AddressEntry("花旗社区居委会", "community", SOUTH, "S4", "C8"),
    AddressEntry("花旗村委会", "community", SOUTH, "S4", "C9"),
    AddressEntry("长堤路", "road", NORTH, numbers=Numbers(1, 99)),
    AddressEntry("长堤路", "road", SOUTH, numbers=Numbers(100, 300)),
    AddressEntry("水门街", "road", NORTH, "S1", numbers=Numbers(1, 199, "odd")),
    AddressEntry("水门街", "road", NORTH, "S2", numbers=Numbers(2, 200, "even")),
    AddressEntry("望湖北路", "road", NORTH),
    AddressEntry("第一人民医院", "place", NORTH, "S2", "C3", aliases=("市一院",)),
    AddressEntry("Lantern Road", "road", SOUTH, "S3", aliases=("灯笼路",)),
    AddressEntry("Orchid Mill Community", "community", SOUTH, "S3", "C10"),
]
GAZETTEER = Gazetteer.build(ENTRIES, city_names=("样例市", "江苏省", "Sample City"))


def find(address):
    return GAZETTEER.find(address)


def codes(address):
    found = find(address)
    return found.verdict, found.district, found.street, found.community


def choices(address):
    return {candidate.entry.codes for candidate in find(address).candidates}


@pytest.mark.parametrize(
    "address",
    [
        "样例市青禾区桂香新村街道梅坞社区12号",
        "江苏省样例市青禾区梅坞社区居委会",
        "青禾 桂香新村 梅坞",
        "青禾区梅坞",
        "梅坞社区居民委员会旁",
        "青禾区桂香新村街道办事处梅坞社区",
        "青禾区，梅坞社区（3栋2单元）",
        "青 禾 区 梅 坞 社 区",
        "青禾区梅坞社区地下车库 13800000000",
        "我住在青禾区梅坞社区",
        "今早路过，青禾区梅坞社区门口积水",
    ],
)
def test_a_community_is_found_in_all_its_forms(address):
    assert codes(address) == ("found", NORTH, "S1", "C1")


@pytest.mark.parametrize(
    "address", ["河埠村", "河埠村民委员会", "河埠村村委会", "青禾区河埠", "河埠村１２组"]
)
def test_a_village_is_found_in_all_its_forms(address):
    assert codes(address) == ("found", NORTH, "S1", "C2")


def test_a_village_of_one_letter_keeps_its_word():
    assert codes("白渡区秦村") == ("found", SOUTH, "S4", "C7")
    assert codes("白渡区秦") == ("found", SOUTH, None, None)


def test_an_address_is_sure_only_down_to_what_it_names():
    assert codes("青禾区") == ("found", NORTH, None, None)
    assert codes("青禾区松泉街道") == ("found", NORTH, "S2", None)
    assert codes("青禾区某某小区5栋") == ("found", NORTH, None, None)


def test_a_name_in_two_districts_is_ambiguous_and_both_are_choices():
    assert codes("枫桥社区") == ("ambiguous", None, None, None)
    assert choices("枫桥社区") == {(NORTH, "S2", "C3", None), (SOUTH, "S3", "C4", None)}


@pytest.mark.parametrize("address", ["青禾区枫桥社区", "松泉街道枫桥", "枫桥社区（青禾区）"])
def test_the_territory_around_it_tells_which_of_two_is_meant(address):
    assert codes(address) == ("found", NORTH, "S2", "C3")


def test_a_community_that_is_not_in_the_named_district_is_ambiguous_with_both():
    assert codes("白渡区梅坞社区") == ("ambiguous", None, None, None)
    assert choices("白渡区梅坞社区") == {(SOUTH, None, None, None), (NORTH, "S1", "C1", None)}


def test_two_districts_in_one_address_are_ambiguous():
    assert find("青禾区与白渡区交界处").verdict == "ambiguous"


def test_streets_that_contradict_each_other_share_their_district():
    assert codes("青禾区松泉街道梅坞社区") == ("ambiguous", NORTH, None, None)


def test_a_community_with_its_street_s_name_is_meant_where_the_name_is_said_twice():
    assert codes("白渡区柳岸") == ("found", SOUTH, "S3", None)
    assert codes("白渡区柳岸街道柳岸") == ("found", SOUTH, "S3", "C5")


def test_of_a_neighbourhood_and_a_village_the_one_that_is_said_is_meant():
    assert codes("白渡区竹镇镇花旗村") == ("found", SOUTH, "S4", "C9")
    assert codes("白渡区竹镇镇花旗社区") == ("found", SOUTH, "S4", "C8")
    assert codes("白渡区竹镇镇花旗") == ("ambiguous", SOUTH, "S4", None)


def test_a_score_tells_a_name_from_a_form_of_it_and_from_a_slip():
    scores = [
        find(address).candidates[0].score
        for address in (
            "青禾区梅坞社区居委会",
            "青禾区梅坞社区",
            "青禾区梅坞",
            "青禾区梅坞杜区居委会",
        )
    ]
    assert scores[0] == 1.0 > scores[1] > scores[2]
    assert 0 < scores[3] < 1
    assert find("青禾区梅坞社区").candidates[0].matched == "梅坞社区"


@pytest.mark.parametrize(
    ("address", "district"),
    [
        ("长堤路50号", NORTH),
        ("长堤路 200 号附近", SOUTH),
        ("长堤路２００号", SOUTH),
        ("长堤路二百号", SOUTH),
        ("长堤路二〇〇号", SOUTH),
        ("长堤路150弄3号", SOUTH),
        ("青禾区长堤路", NORTH),
    ],
)
def test_a_number_tells_the_stretch_of_a_road(address, district):
    assert codes(address) == ("found", district, None, None)


def test_the_sides_of_a_road_can_be_two_streets():
    assert codes("水门街 17 号") == ("found", NORTH, "S1", None)
    assert codes("水门街18号") == ("found", NORTH, "S2", None)
    assert codes("水门街") == ("ambiguous", NORTH, None, None)


def test_a_number_on_no_stretch_leaves_all_stretches():
    assert codes("长堤路999号") == ("ambiguous", None, None, None)
    assert codes("水门街999号") == ("ambiguous", NORTH, None, None)
    assert len(find("水门街999号").candidates) == 2


def test_a_number_of_another_district_contradicts_the_named_one():
    assert codes("青禾区长堤路200号") == ("ambiguous", None, None, None)


def test_a_telephone_and_a_metro_line_are_no_house_numbers():
    assert find("长堤路 13800000000").verdict == "ambiguous"
    assert find("长堤路1号线").verdict == "ambiguous"


@pytest.mark.parametrize(
    "address",
    [
        "青禾区梅务社区",
        "青禾区坞梅社区居委会",
        "桂香新村街道梅社区居委会",
        "青禾区梅坞杜区居委会",
        "青禾区梅坞社居委会",
        "青禾区新梅坞社区",
        "青和区梅坞社区",
        "青禾区桂香街道梅坞社区",
    ],
)
def test_a_slip_is_understood_where_a_territory_is_named(address):
    assert codes(address) == ("found", NORTH, "S1", "C1")


@pytest.mark.parametrize("address", ["梅务社区", "新梅坞社区", "梅社区居委会"])
def test_a_short_name_alone_allows_no_slip(address):
    assert find(address).verdict != "found"


def test_a_long_name_alone_allows_one():
    assert codes("望江花圆社区") == ("found", SOUTH, "S3", "C6")


def test_a_slip_of_a_name_that_stands_in_another_district_does_not_go_there():
    assert codes("青禾区望江花圆社区") == ("ambiguous", None, None, None)


def test_a_slip_between_two_names_of_the_district_is_ambiguous():
    found = Gazetteer.build(
        [
            AddressEntry("青禾区", "district", NORTH),
            AddressEntry("梅坞社区", "community", NORTH, "S1", "C1"),
            AddressEntry("梅溪社区", "community", NORTH, "S1", "C2"),
        ]
    ).find("青禾区梅弄社区")
    assert (found.verdict, found.street, found.community) == ("ambiguous", "S1", None)


def test_a_character_that_sounds_alike_decides_between_two():
    found = Gazetteer.build(
        [
            AddressEntry("青禾区", "district", NORTH),
            AddressEntry("兰园社区", "community", NORTH, "S1", "C1"),
            AddressEntry("兰溪社区", "community", NORTH, "S1", "C2"),
        ]
    ).find("青禾区兰圆社区")
    assert (found.verdict, found.community) == ("found", "C1")


def test_another_direction_is_another_road_and_no_slip():
    assert codes("青禾区望湖南路8号") == ("found", NORTH, None, None)
    assert find("青禾区望湖南路8号").candidates[0].entry.kind == "district"
    assert find("望湖南路8号").verdict == "none"


@pytest.mark.parametrize(
    "address",
    [
        "远山市梅坞社区",
        "远山市青禾区梅坞社区",
        "远山青禾区梅坞社区",
        "某省远山市某某县梅坞社区",
        "河西区梅坞社区",
        "Orchid Mill Community, Elsewhere City",
        "Orchid Mill Community, Elsewhere District",
    ],
)
def test_another_city_s_or_district_s_address_is_never_found(address):
    assert codes(address) == ("ambiguous", None, None, None)


def test_an_unknown_street_leaves_the_named_district_sure():
    assert codes("青禾区远山街道梅坞社区") == ("ambiguous", NORTH, None, None)


@pytest.mark.parametrize(
    "address",
    ["小梅坞社区", "梅坞小区3栋", "梅坞路12号", "梅坞小学", "阳光梅坞12栋", "路过梅坞门口"],
)
def test_a_name_that_is_part_of_another_word_is_not_found(address):
    assert find(address).verdict != "found"


def test_a_place_is_found_by_its_alias():
    assert codes("市一院门口") == ("found", NORTH, "S2", "C3")
    assert find("第一人民医院分院小区").verdict == "ambiguous"


@pytest.mark.parametrize(
    "address",
    [
        "Orchid Mill Community",
        "12 Lantern Rd., Orchid Mill Community, Sample City",
        "near ORCHID MILL, Baidu Ferry District",
        "Orchid Mil Community, Baidu Ferry Dist.",
        "Orchid Mill, 灯笼路",
    ],
)
def test_english_names_are_found_in_either_order(address):
    assert codes(address) == ("found", SOUTH, "S3", "C10")


@pytest.mark.parametrize("address", ["Lantern Road 12", "No. 12 Lantern Rd", "12 lantern  road"])
def test_an_english_road_is_found(address):
    assert codes(address) == ("found", SOUTH, "S3", None)


@pytest.mark.parametrize(
    "address", ["New Orchid Mill Community", "Lanterns Roadside", "Orchid Mill Hotel"]
)
def test_an_english_name_ends_where_its_word_ends(address):
    assert find(address).verdict != "found"


def test_nothing_known_is_none():
    found = find("今天早上看到井盖破损")
    assert (found.verdict, found.candidates, found.district) == ("none", (), None)


def test_at_most_five_choices_are_given():
    entries = [AddressEntry("枫桥社区", "community", f"D{i}", f"S{i}", f"C{i}") for i in range(9)]
    found = Gazetteer.build(entries).find("枫桥社区")
    assert (found.verdict, len(found.candidates)) == ("ambiguous", 5)


def test_an_empty_gazetteer_finds_nothing():
    assert Gazetteer.build([]).find("青禾区").verdict == "none"


def test_an_entry_that_lies_nowhere_is_refused():
    with pytest.raises(ValueError, match="nowhere"):
        AddressEntry("梅坞", "place")
    with pytest.raises(ValueError, match="no road"):
        AddressEntry("梅坞", "place", NORTH, numbers=Numbers(1, 2))


def test_of_many_choices_every_district_keeps_one():
    homes = [AddressEntry("梅园小区", "place", "D1", f"S{i:02d}") for i in range(11)]
    found = Gazetteer.build([*homes, AddressEntry("梅园小区", "place", "D2", "S99")])
    match = found.find("梅园小区")
    assert (match.verdict, match.district, len(match.candidates)) == ("ambiguous", None, 5)
    assert {candidate.entry.district for candidate in match.candidates} == {"D1", "D2"}
