"""The demonstration city's words tell its categories, in Chinese and in English."""

from pathlib import Path

import pytest

from packs.classify import ClassifyFile
from packs.taxonomy import TaxonomyFile
from packs.yaml_file import read_model
from rules.classify import Classifier

NANJING = Path(__file__).parents[2] / "cities" / "nanjing"
# Nobody reports these in words: what nothing classifies, and what devices say of themselves.
NOT_WRITTEN = {"0000", "0603"}


@pytest.fixture(scope="module")
def taxonomy():
    return read_model(NANJING / "taxonomy.yaml", TaxonomyFile)


@pytest.fixture(scope="module")
def lexicon():
    return read_model(NANJING / "classify.yaml", ClassifyFile)


@pytest.fixture(scope="module")
def classifier(lexicon, taxonomy):
    return Classifier.compile(lexicon, taxonomy, {})


@pytest.mark.parametrize(
    ("text", "category"),
    [
        (
            "市民来电反映：某小区南门外绿地长期有居民随手丢弃生活垃圾，物业未清理，希望相关部门尽快处理。",
            "0101",
        ),
        ("Bags of household waste have been left on the corner for days", "0101"),
        ("施工队把拆下来的砖头水泥都倒在绿化带里", "0102"),
        ("A heap of rubble and broken bricks was left at the kerb", "0102"),
        ("小区污水管堵塞，污水从一楼卫生间往外冒，住户家里没法住", "0103"),
        ("The drain outside is overflowing with sewage", "0103"),
        ("隔壁烧烤店没有安装油烟净化器，每天晚上油烟味直往家里灌", "0104"),
        ("The smell from the kitchen exhaust of the noodle shop is unbearable", "0104"),
        ("高架下匝道口有一只死狗，来往车辆都要避让", "0105"),
        ("There is a dead dog by the side of the road", "0105"),
        ("楼上业主在露台上搭了一间房，怀疑是违建", "0106"),
        ("The shop next door has put up an unauthorised structure on the pavement", "0106"),
        ("秦淮河支流这一段水面发绿，漂着很多垃圾，味道刺鼻", "0107"),
        ("The river has turned black and stinks, dead fish floating", "0107"),
        ("混凝土搅拌车一路漏浆，路面全是水泥块", "0108"),
        ("A truck has spilled gravel all over the road", "0108"),
        ("五金店门口堆满了钢管和木板，占了半条人行道", "0109"),
        ("Goods stacked on the pavement outside the shop block the way", "0109"),
        ("农田里有人焚烧秸秆，浓烟飘到高速上", "0110"),
        ("Someone is burning leaves in the yard behind the school", "0110"),
        ("楼下健身房音乐开得震天响，到晚上十一点还不停", "0111"),
        ("Karaoke until 3 am in the flat above", "0111"),
        ("小区电梯里被人贴满了贷款小卡片", "0201"),
        ("Graffiti on the wall of the underpass", "0201"),
        ("台风天楼顶的大字招牌晃得厉害，怕掉下来砸人", "0202"),
        ("The big billboard on the roof is swaying in the wind", "0202"),
        ("沿街拉了一排促销条幅，挡住了信号灯", "0203"),
        ("Big advertising banner hung across the street", "0203"),
        ("地铁工地凌晨两点还在打混凝土，整栋楼都睡不着", "0301"),
        ("Pile driving at the building site starts at five in the morning", "0301"),
        ("路口围挡围了大半年，只剩一条车道，每天堵车", "0302"),
        ("Road works have closed the lane for weeks and nobody is working", "0302"),
        ("拆迁工地拆房子不洒水，灰尘飘得满屋都是", "0303"),
        ("Dust from the demolition site covers our balcony", "0303"),
        ("有人私自在小区门口路面开挖埋管，没有任何审批", "0304"),
        ("A company dug up the pavement last month and never filled the hole", "0304"),
        ("工地的围挡被风吹歪了，随时会倒向人行道", "0305"),
        ("The scaffolding looks unsafe and there is no safety net", "0305"),
        ("五楼厨房冒黑烟，玻璃都烧炸了", "0401"),
        ("My neighbour's balcony is on fire", "0401"),
        ("小区里闻到一股臭鸡蛋味，怀疑燃气漏了", "0402"),
        ("I can smell gas near the meter in the corridor", "0402"),
        ("一下大雨这条路就成了河，水都没过小腿了", "0403"),
        ("After the rain the road is under half a metre of water", "0403"),
        ("小区门口地下水管爆了，水哗哗往外流，浪费严重", "0404"),
        ("A water main burst and water is gushing everywhere", "0404"),
        ("公交站前的路面塌了一个两米深的洞", "0405"),
        ("The road has caved in next to the bus stop", "0405"),
        ("台风把电线杆刮倒了，电线拖在地上", "0406"),
        ("Power line is down across the road", "0406"),
        ("行道树被大风连根拔起，压坏了两辆车", "0407"),
        ("A tree has fallen across the road", "0407"),
        ("十字路口一辆电动车被轿车撞飞了", "0408"),
        ("A taxi hit a cyclist at the crossing", "0408"),
        ("电梯停在七楼和八楼之间，里面有个孕妇", "0409"),
        ("The elevator stopped between floors with people inside", "0409"),
        ("化工园区有储罐泄漏，黄色烟雾，呼吸困难", "0410"),
        ("Chemical spill from an overturned tanker", "0410"),
        ("我爸突然胸口疼，喘不上气", "0411"),
        ("An old lady fell down the stairs and is bleeding", "0411"),
        ("两个孩子在水库游泳沉下去没上来", "0412"),
        ("A child fell into the river", "0412"),
        ("楼上有人把啤酒瓶扔下来，差点砸到小孩", "0413"),
        ("Someone is throwing bottles from the tenth floor", "0413"),
        ("售楼处门口一百多人拉横幅维权", "0414"),
        ("A large crowd is protesting outside the office", "0414"),
        ("我女儿被邻居家的狗咬伤了", "0415"),
        ("A child was bitten by a dog", "0415"),
        ("昨晚下雪，天桥台阶全是冰，老人摔了好几个", "0416"),
        ("The footbridge steps are covered in ice", "0416"),
        ("公司聚餐后二十多人上吐下泻，怀疑食物中毒", "0417"),
        ("Several guests got food poisoning after the wedding", "0417"),
        ("小区门口每天早上有卖菜的占着路，上班都出不去", "0501"),
        ("Street vendors block the sidewalk every evening", "0501"),
        ("外来车辆长期停在我们小区消防通道上", "0502"),
        ("A van has been parked across my garage entrance for two days", "0502"),
        ("写字楼门口共享单车堆成山，没法走路", "0503"),
        ("Shared bikes piled up at the subway exit", "0503"),
        ("KTV门口两伙人打起来了，有人拿酒瓶", "0504"),
        ("Two men fighting outside the bar, one has a knife", "0504"),
        ("楼下邻居从窗户拉插线板给电动车充电", "0505"),
        ("E-bikes are being charged in the stairwell with extension cords", "0505"),
        ("有人天天遛大狗不牵绳，老人孩子都害怕", "0506"),
        ("A man walks his big dog without a leash", "0506"),
        ("天桥下有个老太太睡在纸板上，冻得发抖", "0507"),
        ("An old homeless man is sleeping in the park", "0507"),
        ("从昨晚八点停电到现在，冰箱里东西都坏了", "0601"),
        ("There has been no electricity since last night", "0601"),
        ("附近塑料厂晚上排放难闻废气，孩子咳嗽", "0602"),
        ("The factory chimney is releasing black smoke", "0602"),
        ("请问老年公交卡在哪里办", "0604"),
        ("How can I apply for a parking permit?", "0604"),
        ("家里水龙头不出水，其他楼栋也一样", "0605"),
        ("The tap water is brown and smells", "0605"),
        ("物业长期不打扫楼道，还乱涨物业费", "0606"),
        ("The management company refuses to fix the front door", "0606"),
        ("工程结束半年了，劳务公司还欠我们十几个人的工钱", "0607"),
        ("The boss owes us three months of wages", "0607"),
        ("理发店办的卡，店关门了钱退不回来", "0608"),
        ("The gym closed and will not refund my membership", "0608"),
        ("路中间的窨井盖翻了，露出一个大洞", "2101"),
        ("The manhole cover is loose and bangs when cars drive over it", "2101"),
        ("整条巷子的路灯都不亮，晚上摸黑走", "2102"),
        ("All the street lamps in our lane are out", "2102"),
        ("门口的消火栓一直漏水", "2103"),
        ("The fire hydrant is leaking", "2103"),
        ("小区门口的通信电缆像蜘蛛网一样垂着", "2104"),
        ("The telecom cabinet door is broken and open", "2104"),
        ("绿化带里的配电柜门没锁，里面线都露出来了", "2105"),
        ("Electrical box is open with exposed wires", "2105"),
        ("路口信号灯黑屏了，车子乱成一团", "2201"),
        ("The signal at the crossing is stuck on red", "2201"),
        ("非机动车道上有好几个大坑，骑车颠得要命", "2202"),
        ("There are deep potholes on the bike lane", "2202"),
        ("桥边护栏缺了一段，下面就是河", "2203"),
        ("The railing on the bridge is broken", "2203"),
        ("路口限速标志牌被树撞倒了", "2204"),
        ("The road sign fell over", "2204"),
        ("公交站的顶棚漏雨，座椅也坏了", "2205"),
        ("Bus shelter glass is smashed", "2205"),
        ("广场上的垃圾箱都满出来了", "2301"),
        ("The rubbish bins in the park have not been emptied for a week", "2301"),
        ("公园厕所没有纸也没水冲，地上全是水", "2302"),
        ("Public toilet is filthy", "2302"),
        ("施工车把绿化带压坏了，花都死了", "2401"),
        ("路边大树枯死好久了，怕倒下来", "2402"),
        ("The branches have grown into the power lines and need trimming", "2402"),
        ("广场上的漫步机断了一条腿", "2501"),
        ("The slide in the playground is cracked", "2501"),
    ],
)
def test_what_a_citizen_writes_is_told_by_its_words(classifier, text, category):
    found = classifier.classify(text, None, "app")
    assert (found.category, found.by) == (category, "lexicon")


@pytest.mark.parametrize("latin", [True, False])
def test_every_category_that_citizens_write_about_has_words(lexicon, taxonomy, latin):
    told = {e.category for e in lexicon.lexicon if any(w.isascii() is latin for w in e.words)}
    assert {c.code for c in taxonomy.categories} - NOT_WRITTEN <= told


@pytest.mark.parametrize(
    "text",
    [
        "没有人受伤",
        "不是着火",
        "没闻到燃气味",
        "携带电池",
        "小孩接触电线",
        "门被打开了",
        "来自燃气公司的通知",
        "落水管",
        "大火锅店",
        "旅游行程",
        "希望尽快处理",
        "希望相关部门尽快核实",
        "燃气公司收费",
        "There is no smell of gas",
        "Please repair it soon",
    ],
)
def test_what_names_no_matter_is_left_to_a_person(classifier, text):
    assert classifier.classify(text, None, "app").category == "0000"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("工地扬尘很大", "0303"),
        ("有人焚烧垃圾，灰尘很大", "0110"),
        ("垃圾桶着火了", "0401"),
        ("楼道堆满杂物，有火灾隐患", "0505"),
        ("广告牌快掉下来了", "0202"),
        ("楼上有人往下扔花盆", "0413"),
        ("狗一直叫", "0506"),
        ("狗咬人了", "0415"),
        ("死狗在路边", "0105"),
        ("树枝遮挡路灯", "2402"),
        ("树倒了压坏路灯", "0407"),
        ("光缆垂下来了", "2104"),
        ("高压线掉下来了", "0406"),
        ("电箱门开着", "2105"),
        ("护栏被撞坏了", "2203"),
        ("行人被撞了", "0408"),
        ("楼上漏水到我家", "0606"),
        ("自来水管漏水", "0404"),
        ("路面塌陷", "0405"),
        ("路面坑洼", "2202"),
        ("拉横幅讨薪", "0607"),
        ("挂横幅做广告", "0203"),
        ("垃圾桶满了，垃圾到处都是", "2301"),
        ("渣土车一路抛洒", "0108"),
        ("工地半夜施工噪音", "0301"),
        ("邻居半夜唱歌噪音", "0111"),
        ("非机动车乱停放", "0503"),
        ("机动车乱停放", "0502"),
        ("站牌坏了", "2205"),
        ("公交站旁边垃圾堆积", "0101"),
        ("Somebody is cutting down trees in the park", "2401"),
    ],
)
def test_neighbours_are_told_apart(classifier, text, category):
    assert classifier.classify(text, None, "app").category == category
