"""Names of the months in the languages of the news we read, as plain data.

Facts of the Unicode Common Locale Data Repository (wide and abbreviated, both grammatical forms), case-folded,
without the final dot, with and without accents. Does not hold weekday names: no date needs one.
"""

from __future__ import annotations

_NAMES = {
    1: (
        "ean eanair eanáir ene enero gen gener gennaio ian ianuarie jaan jaanuar jan janaayo janar janeiro "
        "jannaayo janner januar januara januari januarie january januwari január januára janv janvaris janvier "
        "janvāris janyuwari janúar jän jänner led leden ledna oca ocak phe pherekgong saus sausio sausis sij "
        "sijecanj sijecnja siječanj siječnja sty styczen styczeń stycznia tammi tammikuu tammikuuta urt urtarrila "
        "xan xaneiro yan yanvar ιαν ιανουάριοσ ιανουαρίου сту студзень студзеня січ січень січня янв январь января "
        "яну януари јан јануар јануари қаң қаңтар հնվ հունվար հունվարի ינואר ינו׳ جانفي جنوری يناير ژانویه ژانویهٔ "
        "जनवरी जन॰ जाने जानेवारी জানু জানুয়ারী ਜਨ ਜਨਵਰੀ જાન્યુ જાન્યુઆરી ஜன ஜனவரி జన జనవరి ม.ค มกราคม იან იანვარი "
    ),
    2: (
        "feabh feabhra feb febbraio feber febr febraayo febreiro febrer febrero februar februara februari "
        "februarie februaris february februwari február februára februāris febrúar fev fevereiro fevr fevral "
        "fevrier févr février helmi helmikuu helmikuuta hlakola lut lutego luty ots otsaila peb pebrero shk shkurt "
        "sub subat uno unor unora vas vasario vasaris veebr veebruar velj veljaca veljace veljača veljače úno únor "
        "února şub şubat φεβ φεβρουάριοσ φεβρουαρίου ақп ақпан лют лютага лютий лютого люты феб фебруар фев февр "
        "февраль февраля февруари փետրվար փետրվարի փտվ פברואר פבר׳ شباط فبراير فروری فوریه فوریهٔ فيفري फ़रवरी "
        "फ़र॰ फेब्रु फेब्रुअरी फेब्रुवारी ফেব ফেব্রুয়ারী ਫ਼ਰ ਫ਼ਰਵਰੀ ફેબ્રુ ફેબ્રુઆરી பிப் பிப்ரவரி ఫిబ్ర ఫిబ్రవరి "
        "ก.พ กุมภาพันธ์ თებ თებერვალი "
    ),
    3: (
        "bre brezen brezna bře březen března hlakubele kov kovas kovo maalis maaliskuu maaliskuuta maarso maart "
        "mac machi maerz mar marc marca march marcius marco marec maret mars marso mart marta martie marts martxoa "
        "marz marzec marzo març março mas mashi mat matshi mrt márc március márta mär märts märz ozu ozujak ozujka "
        "ožu ožujak ožujka ube μάρ μάρτιοσ μαρ μαρτίου бер березень березня мар март марта нау наурыз сак сакавік "
        "сакавіка մարտ մարտի մրտ מרץ آذار مارس مارچ मार्च মার্চ ਮਾਰਚ માર્ચ மார் மார்ச் మార్చి มี.ค มีนาคม მარ "
        "მარტი "
    ),
    4: (
        "abr abriil abril aib aibrean aibreán api apirila apr aprel april aprila aprile aprili aprilie aprilis "
        "aprill apríl apríla aprīlis avr avril bal balandis balandzio balandžio dub duben dubna eph ephreli epr "
        "epreli huhti huhtikuu huhtikuuta kwi kwiecien kwiecień kwietnia mme mmesa nis nisan pri prill tra travanj "
        "travnja ápr április απρ απρίλιοσ απριλίου апр апрель апреля април квіт квітень квітня кра красавік "
        "красавіка сәу сәуір ապր ապրիլ ապրիլի אפריל אפר׳ آوریل أبريل أفريل اپریل نيسان अप्रिल अप्रैल एप्रि एप्रिल "
        "এপ্রি এপ্রিল ਅਪ੍ਰੈ ਅਪ੍ਰੈਲ એપ્રિલ ஏப் ஏப்ரல் ఏప్రి ఏప్రిల్ เม.ย เมษายน აპრ აპრილი "
    ),
    5: (
        "beal bealtaine geg geguze geguzes gegužė gegužės kve kveten kvetna kvě květen května maayo mag maggio mai "
        "maiatza maig maijs maio maj maja majus may mayo mayıs maí mei mey meyi mot motsheanong máj mája május svi "
        "svibanj svibnja touko toukokuu toukokuuta μάι μάιοσ μαΐ μαΐου май мам мамыр мая мај трав травень "
        "травня մայիս մայիսի մյս מאי أيار مئی ماي مايو مه مهٔ मई मे মে ਮਈ મે மே మే พ.ค พฤษภาคม მაი მაისი "
    ),
    6: (
        "birz birzelio birzelis birž birželio birželis cerven cervna cvn cze czerwca czerwiec eka ekaina giu "
        "giugno haz haziran hun hunyo iun iunie iyn iyun juin jun juna june junho juni junie junij junijs junio "
        "junius juny juun juuni jún júna június júní jūn jūnijs kesa kesakuu kesakuuta kesä kesäkuu kesäkuuta "
        "lipanj lipnja meith meitheamh phupjane qer qershor xuno xuño červen června čvn ιουν ιουνίου ιούν ιούνιοσ "
        "июн июнь июня мау маусым черв червень червня чэр чэрвень чэрвеня юни јун јуни հնս հունիս հունիսի יוני "
        "جوان جون حزيران يونيو ژوئن जुन जून জুন ਜੂਨ જૂન ஜூன் జూన్ มิ.ย มิถุนายน ივნ ივნისი "
    ),
    7: (
        "cervence cervenec cvc heina heinakuu heinakuuta heinä heinäkuu heinäkuuta hul hulyo iuil iul iulie iyl "
        "iyul iúil juil juillet jul jula julai julayi julho juli julie julij julijs julio juliol julius july juuli "
        "júl júla július júlí jūl jūlijs korr korrik liep liepa liepos lip lipca lipiec lug luglio lul luulyo "
        "phupu srpanj srpnja tem temmuz upu uzt uztaila xul xullo července červenec čvc ιουλ ιουλίου ιούλ ιούλιοσ "
        "июл июль июля лип липень липня ліп ліпень ліпеня шіл шілде юли јул јули հլս հուլիս հուլիսի יולי تموز "
        "جولائی جويلية يوليو ژوئیه ژوئیهٔ जुलाई जुलै जुल॰ জুল জুলাই ਜੁਲਾ ਜੁਲਾਈ જુલાઈ ஜூலை జులై ก.ค กรกฎาคม ივლ "
        "ივლისი "
    ),
    8: (
        "abu abuztua ag aga agasti ago agost agosti agosto agu agust agustos agustus aou aout aoû août aug august "
        "augusta augusti augusts augustus augusztus avg avgust avq avqust ağu ağustos elo elokuu elokuuta gush "
        "gusht kol kolovoz kolovoza lun lunasa lún lúnasa ogo ogos ogosto ogs pha phato rugp rugpjucio rugpjutis "
        "rugpjūtis rugpjūčio sie sierpien sierpień sierpnia srp srpen srpna ágú ágúst αυγ αυγούστου αύγ αύγουστοσ "
        "авг август августа жні жнівень жніўня серп серпень серпня там тамыз օգոստոս օգոստոսի օգս אוגוסט אוג׳ آب "
        "أغسطس أوت اوت اگست अगस्ट अगस्त अग॰ ऑग ऑगस्ट আগ আগস্ট ਅਗ ਅਗਸਤ ઑગસ્ટ ஆக ஆகஸ்ட் ఆగ ఆగస్టు ส.ค สิงหาคม აგვ "
        "აგვისტო "
    ),
    9: (
        "eyl eylul eylül ira iraila leo lwetse mfomh mfómh rugs rugsejis rugsejo rugsėjis rugsėjo ruj rujan rujna "
        "seb sebteembar sebtembar sen sentyabr sep sept septemba septembar september septembra septembre "
        "septembrie septembris septhemba septiembre set setembre setembro sett settembre setyembre sht shtator "
        "syys syyskuu syyskuuta szept szeptember wrz wrzesien wrzesień wrzesnia września zar zari zář září σεπ "
        "σεπτέμβριοσ σεπτεμβρίου вер верасень верасня вересень вересня сент сентябрь сентября сеп септембар "
        "септември қыр қыркүйек սեպ սեպտեմբեր սեպտեմբերի ספטמבר ספט׳ أيلول سبتمبر ستمبر سپتامبر सप्टें सप्टेंबर "
        "सितंबर सित॰ सेप्टेम्बर সেপ সেপ্টেম্বর ਸਤੰ ਸਤੰਬਰ સપ્ટે સપ્ટેમ્બર செப் செப்டம்பர் సెప్టెం సెప్టెంబర్ ก.ย "
        "กันยายน სექ სექტემბერი "
    ),
    10: (
        "dfomh dfómh eki ekim loka lokakuu lokakuuta mph mphalane oct october octobre octombrie octubre okt "
        "okthoba okthobha oktoba oktobar oktober oktobra oktobris oktoobar oktoober oktubre oktyabr október "
        "októbra ott ottobre out outubro paz pazdziernik pazdziernika paź październik października rij rijen rijna "
        "spal spalio spalis tet tetor urr urria říj říjen října οκτ οκτωβρίου οκτώβριοσ жовт жовтень жовтня кас "
        "кастрычнік кастрычніка окт октобар октомври октябрь октября қаз қазан հոկ հոկտեմբեր հոկտեմբերի אוקטובר "
        "אוק׳ أكتوبر اکتبر اکتوبر अक्टूबर अक्टू॰ अक्टोबर ऑक्टो ऑक्टोबर অক্টো অক্টোবর ਅਕਤੂ ਅਕਤੂਬਰ ઑક્ટો ઑક્ટોબર அக் "
        "அக்டோபர் అక్టో అక్టోబర్ ต.ค ตุลาคม ოქტ ოქტომბერი "
    ),
    11: (
        "aza azaroa kas kasım lapkr lapkricio lapkritis lapkričio lis listopad listopada listopadu marras "
        "marraskuu marraskuuta nen nentor nob nobyembre nof noiembrie noofeembar nov novemba novembar november "
        "novembra novembre novembris novembro noviembre noy noyabr nën nëntor nóv nóvember pudungwana pun samh "
        "samhain stu studeni studenoga νοέ νοέμβριοσ νοε νοεμβρίου лист листопад листопада ліс лістапад лістапада "
        "нов новембар ное ноември нояб ноябрь ноября қар қараша նոյ նոյեմբեր նոյեմբերի נובמבר נוב׳ نوامبر نوفمبر "
        "نومبر नवंबर नव॰ नोभेम्बर नोव्हें नोव्हेंबर নভে নভেম্বর ਨਵੰ ਨਵੰਬਰ નવે નવેમ્બર நவ நவம்பர் నవం నవంబర్ พ.ย "
        "พฤศจิกายน ნოე ნოემბერი "
    ),
    12: (
        "abe abendua ara aralık dec decembar december decembra decembre decembrie decembris decembro dek dekabr "
        "des desemba desember desembre dets detsember dez dezember dezembro dhj dhjetor dic dicembre diciembre dis "
        "diseembar disemba disember disyembre déc décembre gru grudnia grudzien grudzień gruod gruodis gruodzio "
        "gruodžio joulu joulukuu joulukuuta noll nollaig pro prosinac prosinca prosince prosinec tsh tshitwe δεκ "
        "δεκέμβριοσ δεκεμβρίου груд грудень грудня дек декабрь декабря декември дец децембар жел желтоқсан сне "
        "снежань снежня դեկ դեկտեմբեր դեկտեմբերի דצמבר דצמ׳ دسامبر دسمبر ديسمبر डिसें डिसेंबर डिसेम्बर दिसंबर दिस॰ "
        "ডিসে ডিসেম্বর ਦਸੰ ਦਸੰਬਰ ડિસે ડિસેમ્બર டிச டிசம்பர் డిసెం డిసెంబర్ ธ.ค ธันวาคม დეკ დეკემბერი "
    ),
}

MONTHS: dict[str, int] = {name: month for month, names in _NAMES.items() for name in names.split()}
"""Case-folded name -> 1 to 12."""

IN_LANGUAGE: dict[str, dict[str, int]] = {
    "hr": {"lip": 6, "srp": 7, "kol": 8, "lis": 10, "listopad": 10, "listopada": 10},
    "st": {"jan": 6, "kol": 2},
}
"""Names that mean another month in one language than in all others."""

TWO_WORDS: dict[str, str] = {
    "كانون الثاني": "يناير",
    "تشرين الأول": "أكتوبر",
    "تشرين الثاني": "نوفمبر",
    "كانون الأول": "ديسمبر",
}
"""Names of two words -> the one-word name of the same month."""
