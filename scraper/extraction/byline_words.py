"""Tables about bylines: news agencies, words that mark an organisation, a role or a piece of small talk.

Data only. Names are compared folded (`scraper.text.fold`).
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _names(text: str) -> frozenset[str]:
    return frozenset(" ".join(name.split()) for name in text.split(";"))


AGENCIES = _names(
    """
    ap; associated press; the associated press; ap news; reuters; thomson reuters; reuters staff;
    afp; agence france presse; dpa; deutsche presse agentur; dpa infocom; dpa afx; dpa infocom gmbh;
    apa; austria presse agentur; sda; keystone sda; keystone; sid; kna; epd; afp com; efe; agencia
    efe; europa press; ansa; agi; adnkronos; askanews; lapresse; lusa; agencia lusa; agencia brasil;
    xinhua; 新华社; 新华网; 中新社; 中国新闻社; cns; kyodo; kyodo news; 共同通信; 共同通信社;
    時事通信; 時事通信社; jiji press;
    jiji; yonhap; 연합뉴스; yonhap news agency; tass; тасс; ria novosti; риа новости; interfax;
    интерфакс; ukrinform; укрінформ; pap; polska agencja prasowa; ctk; čtk; tasr; sita; mti;
    agerpres; mediafax; bta; tanjug; hina; sta; ana mpa; anadolu; anadolu agency; aa; iha; dha; ntb;
    tt; tt nyhetsbyrån; ritzau; stt; belga; anp; pti; press trust of india; ani; ians; upi; united
    press international; pa; pa media; press association; the canadian press; canadian press; la
    presse canadienne; aap; australian associated press; antara; bernama; cna; vna; ttxvn;
    bloomberg; bloomberg news; tribune news service; ntb scanpix; picture alliance; getty images;
    afp relaxnews; dow jones newswires; notimex; télam; telam; nan; sapa; ina; wam; petra; globe
    newswire; globenewswire; pr newswire; prnewswire; business wire; businesswire; anadolu ajansı
    """
)
"""Folded names of agencies and wire services."""

ORGANISATION_WORDS = _words(
    """
    staff team redaktion desk news editors editorial bureau agency agencies media magazine newspaper press daily
    times gazette herald tribune inc ltd llc gmbh ag corp company group foundation institute university college
    school association society ministry department office council committee union network channel tv
    radio verlag
    zeitung redaktionsteam pressestelle onlineredaktion redacción redaccion rédaction redazione redação redactie
    redaksi redakcja redakce redaktionen redaksjonen newsroom admin administrator webmaster correspondent
    reporters contributors community club center centre studio studios labs journal blog weekly online
    editor-in-chief nachrichten tagblatt rundschau anzeiger haber haberler gazetesi редакция 编辑部 本报
    記者 編集部 社説 編集委員
    新聞 新闻 뉴스 신문 editorial-team wire service services solutions consulting insurance bank hospital clinic
    """
)
"""A name with one of these words is not a person's."""

ROLE_WORDS = _words(
    """
    reporter reporters correspondent editor writer writers journalist journalists columnist contributor
    contributors contributing author authors analyst critic producer photographer photojournalist
    director manager
    chief senior junior deputy assistant associate associated managing executive founder ceo cto cmo
    coo president
    professor prof lecturer researcher fellow head lead coordinator winemaker marketing attorney
    officer developer
    engineer designer nutritionist dietitian therapist coach trainer owner co-founder cofounder publisher trial
    specialist expert consultant strategist marketer intern freelance freelancer guest host anchor commentator
    blogger digital content political business sports science health technology tech entertainment lifestyle
    education environment investigative multimedia video redakteur redakteurin korrespondent
    korrespondentin autor
    autorin chefredakteur chefredakteurin reporterin volontär volontärin ressortleiter ressortleiterin leiter
    leiterin freier freie mitarbeiter mitarbeiterin journaliste rédacteur rédactrice correspondant
    correspondante
    reporterka dziennikarz dziennikarka redactor redactora corresponsal enviado enviada especial periodista
    giornalista inviato corrispondente jornalista repórter redator redatora verslaggever redacteur
    correspondente
    korrespondent journalistin reporteri toimittaja journalisten utrikeskorrespondent корреспондент журналист
    обозреватель автор muhabir muhabiri yazarı editör editörü 記者 기자 특파원 记者
    編集 記事 撰稿 responsável medical reviewed
    reviewer fact checker verified
    """
)
"""A piece made of these words (and few others) tells what a person does."""

SUFFIXES = frozenset(
    [
        "jr",
        "sr",
        "ii",
        "iii",
        "iv",
        "phd",
        "ph.d",
        "md",
        "m.d",
        "mba",
        "rn",
        "rd",
        "rdn",
        "cfp",
        "cpa",
        "esq",
        "dds",
        "dpt",
        "ms",
        "ma",
        "msc",
        "ba",
        "bsc",
        "facp",
        "faclm",
        "do",
        "dvm",
        "jd",
        "mph",
        "lcsw",
        "cfa",
        "cscs",
        "np",
        "pa-c",
        "pharmd",
        "edd",
        "psyd",
        "llm",
        "cnp",
        "apn",
        "facog",
        "faap",
        "od",
        "lmft",
    ]
)
"""What may follow a name after a comma and belongs to it or is a title, not another person."""

NO_NAMES = _words(
    """
    admin administrator team author authors autor by unknown anonymous guest editor none null
    undefined user root
    webmaster posted published updated share follow facebook twitter instagram linkedin email comments comment
    reply view profile read more about home contact website subscribe contributor contributors writer reporter
    test default name here n/a na false true und and von par por di da de
    """
)
"""Single words that are never anybody's name."""

NEVER_IN_NAMES = _words(
    """
    bio follow following webpage cite view views posts full list read reading share shares twitter facebook
    instagram linkedin youtube whatsapp telegram pinterest checked fact min mins minute minutes hour hours ago
    updated update last article articles story stories comment comments photo photos foto fotos image images
    credit getty subscribe sign newsletter contact about more home click here all our your my this
    that these with
    what why how when where who is are was were has have been be can would should not no yes if then
    than we they
    he she its his her their the a to at or but just also menu search login register account cart shop privacy
    policy terms cookies cookie copyright rights reserved advertisement sponsored ad ads table contents next
    previous skip close open show hide print save copy link email mail listen watch video play
    download app today
    yesterday monday tuesday wednesday thursday friday saturday sunday january february september
    october november
    december montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar juli oktober
    dezember uhr
    lesezeit min. kommentare kommentar teilen drucken merken artikel mehr alle zum zur der die das ein eine und
    für mit auf ist sind nicht wir sie bild bilder quelle stand les des une est pour dans sur los
    las una con para
    que della delle degli sul gli het een voor met op lees meer category tags tag topics topic related popular
    latest trending guide tips review reviews written posted published submitted team's
    """
)
"""Words that show a visible text to be no name; not asked of what a page's data call author."""

PARTICLES = _words(
    """
    de da do dos das di del della der den van von vom zu zur la le el al bin ibn ben y e ter ten af av du d' los
    """
)
"""Lower-case words inside names."""

LEAD_WORDS = _words(
    """
    article story post text words report guest written posted published updated authored submitted created contributed
    edited compiled insights by from the author authors about ein eine interview von texte autorin auteur autoren
    verfasst geschrieben erstellt par propos por escrito publicado scritto di da door av af skrevet tekst autor oleh od
    yazar haber and und et og och en i ja a e y ve dan with mit avec con on am last minute minutes min view all posts
    reviewed medically clinically technically expertly fact checked verified translated photographed illustrated photo
    photos photography illustration illustrations fotos bilder aktualisiert
    """
)
"""Words that lead to a name, join two or end one: a byline with one of them has to be taken apart."""

CHINESE_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范石姚谭廖邹熊金陆郝孔白崔康"
    "毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易武乔贺赖龚文葛伊柏温庄严牛季俞章鲁翁施陶洪翟颜倪骆祝左岳齐梅莫殷詹耿兰焦饶欧申柯甘"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂盧蔣賈葉閻餘鍾譚鄒陸龍萬錢湯喬賀賴龔"
)
"""The commonest family names, simplified and traditional, but for those that as often begin a verb after "reporter"."""
