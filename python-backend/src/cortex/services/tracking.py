"""Which parts of an address only say how somebody got there.

Compiled from the public lists of AdGuard (TrackParamFilter), Firefox (query-stripping) and the parameters that
the large sites themselves document. Only names that never choose what a page shows belong here.
"""

from __future__ import annotations

PREFIXES = (
    "utm_",
    "mtm_",
    "pk_",
    "piwik_",
    "matomo_",
    "hsa_",
    "itm_",
    "mkt_",
    "oly_",
    "vero_",
    "__hs",
    "_hs",
    "ga_",
    "fb_action_",
    "fb_ref",
    "fb_source",
    "at_campaign",
    "at_medium",
    "sc_cam",
    "ns_cam",
    "ns_mch",
    "ns_sou",
    "guce_",
)

NAMES = frozenset(
    {
        "_ga",
        "_gl",
        "_openstat",
        "__s",
        "_branch_match_id",
        "_branch_referrer",
        "_kx",
        "aff_id",
        "amp_gsa",
        "amp_js_v",
        "cmpid",
        "cvid",
        "dclid",
        "dm_i",
        "ef_id",
        "epik",
        "fb_comment_id",
        "fbclid",
        "gad_source",
        "gad_campaignid",
        "gbraid",
        "gclid",
        "gclsrc",
        "gdfms",
        "gdftrk",
        "gdffi",
        "hsctatracking",
        "igsh",
        "igshid",
        "irclickid",
        "irgwc",
        "jsessionid",
        "li_fat_id",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "mkwid",
        "msclkid",
        "ncid",
        "oicd",
        "phpsessid",
        "rb_clickid",
        "s_cid",
        "s_kwcid",
        "sc_channel",
        "sc_content",
        "sc_country",
        "scid",
        "smid",
        "spm",
        "srsltid",
        "sr_share",
        "trk_contact",
        "trk_module",
        "trk_msg",
        "trk_sid",
        "ttclid",
        "twclid",
        "usqp",
        "vgo_ee",
        "wbraid",
        "wickedid",
        "wt_mc",
        "wt_zmc",
        "xtor",
        "yclid",
        "ymclid",
        "ysclid",
        "zanpid",
    }
)

BY_SITE = {
    "youtube.com": frozenset(
        {"ab_channel", "app", "embeds_referring_euri", "feature", "kw", "pp", "si", "t", "themerefresh"}
    ),
    "youtu.be": frozenset({"feature", "si", "t"}),
    "twitter.com": frozenset({"cxt", "ref_src", "ref_url", "s", "t"}),
    "x.com": frozenset({"cxt", "ref_src", "ref_url", "s", "t"}),
    "facebook.com": frozenset({"__tn__", "__xts__", "mibextid", "paipv", "rdid", "refsrc", "sfnsn", "share_url"}),
    "instagram.com": frozenset({"hl", "img_index"}),
    "linkedin.com": frozenset({"lipi", "licu", "trk", "trackingid", "refid", "rcm"}),
    "reddit.com": frozenset({"rdt", "ref", "ref_source", "share_id"}),
    "tiktok.com": frozenset({"_r", "_t", "is_from_webapp", "sender_device", "web_id"}),
    "open.spotify.com": frozenset({"context", "go", "nd", "pi", "si"}),
    "medium.com": frozenset({"sk", "source"}),
    "substack.com": frozenset({"r", "isfreemail", "publication_id", "post_id", "showwelcome", "triedredirect"}),
    "nytimes.com": frozenset({"smid", "smtyp", "referringsource"}),
    "bbc.com": frozenset({"at_link_id", "at_ptr_name", "ns_fee"}),
    "bbc.co.uk": frozenset({"at_link_id", "at_ptr_name", "ns_fee"}),
    "theguardian.com": frozenset({"cmp"}),
    "washingtonpost.com": frozenset({"itid", "wpisrc"}),
    "bloomberg.com": frozenset({"sref", "srnd"}),
    "amazon.com": frozenset(
        {"_encoding", "ascsubtag", "content-id", "crid", "dib", "dib_tag", "linkcode", "pd_rd_i", "pd_rd_r", "pd_rd_w",
         "pd_rd_wg", "pf_rd_p", "pf_rd_r", "psc", "qid", "ref", "ref_", "smid", "sprefix", "sr", "tag"}
    ),
    "github.com": frozenset({"source"}),
    "aliexpress.com": frozenset({"algo_exp_id", "algo_pvid", "pdp_npi", "scm", "scm_id", "scm-url", "spm"}),
}  # fmt: skip
"""Names that mean nothing but on these hosts and their subdomains."""


def is_tracking(host: str, name: str) -> bool:
    """Whether a query parameter of a page on `host` (lower case) only tells where its reader came from."""
    lower = name.lower()
    if lower in NAMES or lower.startswith(PREFIXES):
        return True
    labels = host.split(".")
    return any(lower in BY_SITE.get(".".join(labels[start:]), ()) for start in range(len(labels) - 1))
