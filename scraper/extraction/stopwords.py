"""The commonest words of the languages in the news, to check a page's word about its own language. Data only."""

from __future__ import annotations

STOPWORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to in is that for it with was on as are this by be have from not at his which but they",
        "de": "der die und das den nicht mit von ist des sich auf für im dem ein eine auch als an werden aus hat dass",
        "fr": "le la les des et en du une est que dans pour qui pas sur au par plus avec ce il sont cette aux ses",
        "es": "el la los las de que y en un una por con para del se no es su al lo como más pero sus ha fue",
        "pt": "o os as de que e em um uma do da dos das não para com por se mais ao é foi na no como sua",
        "it": "il lo la gli le di che e in un una per con del della dei è non sono nel alla anche più si dal ha",
        "nl": "de het een en van in is dat op te zijn met voor niet aan er die ook om bij naar door maar wordt heeft",
        "sv": "och att det som en på är av för med den till inte om har de ett var men från vid kan ska",
        "nb": "og det er som på en til av for ikke med har de at et den var om men fra vi kan skal etter",
        "da": "og det er som på en til af for ikke med har de at et den var om men fra der kan skal efter blev",
        "fi": "ja on ei että se oli mutta myös hän kun mukaan ovat joka sekä ole kuin tai jo nyt vain",
        "pl": "i w na z się nie do to że jest jak po od za przez dla jego ale ma są tym który być",
        "cs": "a v se na je že s z do o k by pro za jako ale jeho jsou podle nebo který při už byl",
        "sk": "a v sa na je že s z do o k by pre za ako ale jeho sú podľa alebo ktorý pri už bol",
        "hu": "a az és hogy nem is egy van meg ez csak de már volt mint még el vagy ha azt kell után",
        "ro": "și de în la cu pe nu că din care este un o pentru mai sunt a fost ce dar după sau prin",
        "tr": "ve bir bu da de için ile olarak çok en daha gibi sonra kadar olan ise ancak değil her olduğu",
        "id": "yang dan di dengan untuk dari ini itu pada dalam tidak akan juga oleh ke sebagai telah atau saat",
        "vi": "và của là có được cho không với các trong một người những đã khi này để từ tại theo",
        "hr": "i u na je se da su za od s o ne koji kao što će ili iz ali do bio ga te",
        "ru": "и в не на что с по как из это за он от для к но его до был также года",
        "uk": "і в не на що з та як із це за він від для до але його був також року у",
        "bg": "и в на за да се от не с че по са като ще това към до или той през",
        "el": "και το να του η της με για την από που στο είναι ο τα των θα δεν στην",
        "ar": "في من على إلى أن التي عن مع هذا الذي كان ما بعد قال هذه بين لا",
        "fa": "و در به از که این را با است برای آن یک خود تا شد می بر",
        "he": "של את על לא הוא כי עם זה גם היא אל או אבל כל יש",
        "hi": "के में की है और से को का पर कि ने हैं एक यह भी नहीं",
    }.items()
}
