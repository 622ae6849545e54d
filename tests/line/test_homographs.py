"""Words of one spelling and several readings, in sentences as staff write them, and signs that voices leave out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.line import homographs
from ivr.line.readings import applied
from ivr.line.words import Span, spans_of

pytestmark = pytest.mark.timeless

SAID = """
なくした方が、申し込みます。|ナクシタカタガ
なくした方がよい|ナクシタホーガ
来た方向を見てください|キタホーコー
した方法を|シタホーホー
お困りの方|オコマリノカタ
高齢の方|コーレーノカタ
外国の方|ガイコクノカタ
1日から始まります|ツイタチカラ
12月1日から始まります|ジューニガツツイタチカラ
AM9:00から受け付けます|ゴゼンクジカラ
ある方は|アルカタワ
電話した方がいいです|シタホーガ
電話した方がいます|シタカタガ
お金を払った方は|ハラッタカタワ
その方が早い|ソノホーガ
その方が来ました|ソノカタガ
1日3回|イチニチサンカイ
1日に3回|イチニチニ
1日に一度だけ|イチニチニ
1日から2日かかります|イチニチカラ
1日から3日までです|ツイタチカラ
毎月1日に送ります|ツイタチニ
話した方が|ハナシタカタガ
住んでいる方|イルカタ
お持ちの方へ|モチノカタエ
駅の方へ進みます|エキノホー
相手の方から聞く|アイテノカタ
役所の方が来た|ヤクショノカタガ
電話で聞いた方が分かりやすいです|キイタホーガ
耳の遠い方は|トーイカタ
近い方の区役所へ|チカイホーノ
書面の方が確実です|ショメンノホーガ
お困りでない方|ナイカタ
来た方へ戻る|キタホー
お二方|オフタカタ
その方がよろしい|ソノホーガ
した方がお得です|シタホーガ
子育て中の方|チューノカタ
65歳以上の方|イジョーノカタ
しない方が安全です|シナイホーガ
カードを作りたい方|ツクリタイカタ
高齢の方が多い|コーレーノカタガ
電話よりメールの方が早い|メールノホーガ
使い方|ツカイカタ
夕方まで|ユーガタ
目の不自由な方|フジユーナカタ
車いすの方|クルマイスノカタ
騙された方|ダマサレタカタ
被害に遭った方は|アッタカタ
カードを作る方は|ツクルカタ
転入された方は|サレタカタ
来られる方は|コラレルカタ
右の方を見る|ミギノホー
右の方にある|ミギノホー
こちらの方で調べます|コチラノホー
方法は二つです|ホーホー
金を払えと言われた|カネヲ
金の話が出たら|カネノ
窓口が開いている|アイテイル
メールを開いてしまった|ヒライテ
店が開いている時間|アイテイル
表の面に書く|オモテノ
表に出る|オモテニ
9:00〜17:00に来てください|クジカラジューシチジ
月〜金の受付です|ゲツヨーカラキンヨー
12/29から1/3まで休みです|ジューニガツニジュークニチ
午前9時〜午後5時です|クジカラゴゴ
何時でもお電話ください|イツデモ
若い方が多い|ワカイカタガ
若い方がよい|ワカイホーガ
初めての方は|ハジメテノカタ
ご家族の方が代わりに|カゾクノカタガ
代理の方が窓口で|ダイリノカタ
1日も早く届けてください|イチニチモ
1日中受け付けます|イチニチジュー
1日だけ休みます|イチニチダケ
1日までに出してください|ツイタチマデ
1日は休みです|ツイタチワ
一日から受け付けます|ツイタチカラ
今月1日に変わりました|ツイタチニ
お亡くなりになった方のカード|ナッタカタノ
カードをお持ちでない方は|ナイカタワ
引っ越してこられた方は|ラレタカタ
不安な方は電話してください|フアンナカタ
心当たりのある方は|アルカタワ
郵便の方が安全です|ユービンノホーガ
郵送した方が早いです|ユーソーシタホーガ
放っておいた方がいいです|オイタホーガ
急いだ方がよいでしょう|イソイダホーガ
警察に相談する方が確実です|ソーダンスルホーガ
詐欺に遭われた方|アワレタカタ
東京の方は|トーキョーノカタ
横浜市にお住まいの方|スマイノカタ
妊娠中の方も|チューノカタ
日本語が苦手な方|ニガテナカタ
外国人の方が多い窓口|ガイコクジンノカタガ
お子さんのいる方|イルカタ
高い方の料金|タカイホーノ
上の方に書いてあります|ウエノホー
画面の下の方を押す|シタノホー
背の高い方|タカイカタ
年齢の高い方|タカイカタ
申し込んだ方全員に|モーシコンダカタ
対象の方には|タイショーノカタ
方針が変わりました|ホーシン
地方の方|チホーノカタ
仕方がありません|シカタガ
多くの方が被害に|オークノカタガ
次の方どうぞ|ツギノカタ
他の方に見せない|ホカノカタ
一人暮らしの方|グラシノカタ
行った方がよい|イッタホーガ
手続きが済んだ方|スンダカタ
12月1日(火)から|ツイタチ、カヨービ、カラ
受付は9:30からです|クジサンジュップン
PM5:15に終わります|ゴゴゴジジューゴフン
来月1日から|ツイタチカラ
1日あたり100件|イチニチアタリ
1日で届きます|イチニチデ
1日2回まで|イチニチニカイ
1日おきに|イチニチオキ
各月1日|カクツキツイタチ
金が戻ると言われた|カネガ
料金を払う|リョーキンヲ
お金の話|オカネノ
税金の還付|ゼーキン
区役所が開いている日|アイテイル
ドアを開けない|アケナイ
表をご覧ください|ヒョーヲ
カードの表に|カードノオモテ
代表の電話|ダイヒョー
3月〜5月の間|サンガツカラ
65歳〜74歳の方|サイカラ
何時に来ますか|ナンジニ
料金の安い方がよい|ヤスイホーガ
遠方の方|エンポーノカタ
あの方に|アノカタ
どなたか詳しい方|クワシイカタ
詳しい方はいませんか|クワシイカタワイマセン
詳しい方はいらっしゃいますか|クワシイカタワイラッシャイマス
多くの方が来ています|オークノカタガ
電話よりも来ていただいた方が早いです|イタダイタホーガ
両方の方に|リョーホーノカタニ
手続きを行った方は|オコナッタカタワ
東の方へ歩く|ヒガシノホーエ
1日と15日に行います|ツイタチト
1日あたり|イチニチアタリ
カードの裏と表を|ウラトオモテ
裏か表に書く|ウラカオモテ
月〜金曜日です|ゲツヨーカラキンヨービ
月・水・金曜日です|ゲツヨー、スイヨー、キンヨービ
9:30〜17:00です|クジサンジュップンカラジューシチジ
12/29〜1/3はお休みです|ジューニガツニジュークニチカライチガツミッカ
"""


def said(text: str) -> str:
    return "".join(span.spoken for span in applied({}, spans_of(text)))


@pytest.mark.filterwarnings("ignore:Dictionary.create:DeprecationWarning")
@pytest.mark.parametrize(("text", "kana"), [line.split("|") for line in SAID.split()])
def test_a_sentence_of_staff_is_read_rightly(text: str, kana: str) -> None:
    pyopenjtalk = pytest.importorskip("pyopenjtalk")
    assert kana in pyopenjtalk.g2p(said(text), kana=True)


@pytest.mark.parametrize("text", ["The 方 of it, 9:00", "双方的方法, 1日", "12345", ""])
def test_a_text_without_kana_is_left_alone(text: str) -> None:
    assert list(homographs.found(text)) == []


def test_a_mark_is_kept_and_the_words_around_it_are_still_understood() -> None:
    assert applied({}, spans_of("{ATM|エーティーエム}を使った方は")) == (
        Span("ATM", "エーティーエム"),
        Span("を使った"),
        Span("方", "カタ"),
        Span("は"),
    )


def test_the_citys_own_reading_wins() -> None:
    assert applied({"方": "ホウ"}, spans_of("なくした方は"))[1] == Span("方", "ホウ")


@pytest.mark.parametrize("text", ["来た方向を見る", "した方法は", "夕方まで", "地方の窓口"])
def test_a_word_of_the_table_is_found_as_a_word(text: str) -> None:
    assert applied({"方": "カタ"}, spans_of(text)) == (Span(text),)


PIECES = st.sampled_from(
    ["なくした", "方", "が", "よい", "の", "1日", "から", "9:00", "〜", "{金|かね}", "開いている", "、", "PIN"]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_readings_change_nothing_that_is_written_and_no_mark(text: str) -> None:
    spans = spans_of(text)
    read = applied({"PIN": "ピン"}, spans)
    assert "".join(span.written for span in read) == "".join(span.written for span in spans)
    assert [span for span in read if span.written == "金" and span.reading == "かね"] == [
        span for span in spans if span.reading
    ]
