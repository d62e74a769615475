"""Query parameters that tell where a reader came from and never which document is meant.

A table of names and a function that reads it. Names that some sites use to choose the document (id, p,
page, sid, source with an unknown value) are not in it: one address too many is better than two
documents taken for one.
"""

from __future__ import annotations

import re

_PREFIXES = """
    utm_ utm- mtm_ matomo_ piwik_ pk_ itm_ at_ ga_ hsa_ oly_ vero_ trk_ wt. wt_ sc_ __hs _hs mc_ ns_ guce_ gaa_
    fb_action_ fb_source aspsessionid cx_
"""
_NAMES = """
    fbclid gclid gclsrc dclid wbraid gbraid gad_source gad_campaignid msclkid yclid ysclid twclid ttclid li_fat_id
    igshid igsh epik irclickid irgwc rb_clickid s_kwcid ef_id _openstat wickedid wickedsource srsltid mkt_tok
    elqtrackid elqtrack hsctatracking __twitter_impression cmp cmpid cmp_id ocid ncid smid smtyp xtor emc ito icid
    intcid int_cmp int_source int_medium int_campaign ref_src ref_url refsrc fref rss_source _ga _gl
    _branch_match_id _branch_referrer bsft_clkid bsft_uid bsft_eid guccounter sfmc_id sfmc_activityid
    taid wtmc wtzmc wtrid mbid sref spref sharer share_id sharetype reflink reftype recirc ftcamp ftag
    usqp amp_gsa amp_js_v awc zanpid mod_tracking traffic_source nr_email_referer
    jsessionid phpsessid sessionid session_id sessid cfid cftoken
"""
# These mean a channel only if their value does: `source=rss` goes, `source=42` stays.
_CHANNEL_NAMES = "ref referrer referer source src from via partner origin medium channel rss cid campaign feed"
_CHANNEL_VALUES = """
    rss feed atom rssfeed rss_feed feedburner google googlenews google_news gnews bing yahoo flipboard msn
    facebook fb twitter x t.co linkedin instagram whatsapp telegram reddit pinterest social share sharing email mail
    newsletter nl push homepage home frontpage related recommended recirc sidebar footer header nav menu
    mostread most_read trending
"""

_PREFIX = re.compile("|".join(re.escape(prefix) for prefix in _PREFIXES.split()))
_EXACT = frozenset(_NAMES.split())
_MAYBE = frozenset(_CHANNEL_NAMES.split())
_CHANNELS = frozenset(_CHANNEL_VALUES.split())


def is_tracking(parameter: str) -> bool:
    """Whether `parameter` (`name=value` or `name`) tells only where the reader came from, or holds a session."""
    name, _, value = parameter.lower().partition("=")
    if name in _EXACT or _PREFIX.match(name):
        return True
    return name in _MAYBE and value in _CHANNELS
