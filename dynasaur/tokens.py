"""What tokens and keys look like, and the names that people give them.

The shapes are those that the issuers publish for their tokens. A table of our own, by measurement
(`tests/benchmarks/secrets_table.py`): detect-secrets 1.5.0 of May 2024, its last release, found 48
of 63 made secrets and took 9 of 45 harmless lines for one; this table 50 and none, before it
learned the 13 that it had missed. It also scans files only, and brings an HTTP client along.
"""

from __future__ import annotations

import re

_SHAPES: dict[str, str] = {
    "a private key": (
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|AGE-SECRET-KEY-1[A-Z0-9]{40}"
    ),
    "an AWS key": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    "an Azure storage key": r"\bAccountKey=[A-Za-z0-9+/]{60,}={0,2}",
    "a Google key": r"\bAIza[\w-]{35}(?![\w-])|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{20,}",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9]{20,}_\w{40,}",
    "a GitLab token": r"\bgl(?:pat|ptt|dt|rt|soat|cbt|ft|imt|agent)-[\w-]{20,}",
    "an Anthropic key": r"\bsk-ant-[\w-]{20,}",
    "an OpenAI key": (
        r"\bsk-(?:proj-|svcacct-|admin-|None-)?(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}"
    ),
    "an OpenRouter, Groq, xAI, Replicate or Perplexity key": (
        r"\b(?:sk-or-v1-[0-9a-f]{32,}|gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{40,}"
        r"|r8_[A-Za-z0-9]{30,}|pplx-[A-Za-z0-9]{40,})"
    ),
    "a Hugging Face token": r"\b(?:hf|api_org)_[A-Za-z]{30,}\b",
    "a Slack token": (
        r"\bxox[abeoprs]-[\w-]{10,}|\bxapp-\d-[\w-]{10,}"
        r"|https://hooks\.slack\.com/(?:services|workflows)/[\w/]{20,}"
    ),
    "a Discord webhook": r"https://discord(?:app)?\.com/api/webhooks/\d{10,}/[\w-]{30,}",
    "a Telegram token": r"\b\d{8,10}:AA[\w-]{32,}",
    "a Stripe key": r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/]{24,}",
    "an npm token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "a PyPI token": r"\bpypi-AgE[\w-]{40,}",
    "a SendGrid or Mailgun key": r"\bSG\.[\w-]{16,}\.[\w-]{16,}|\bkey-[0-9a-f]{32}\b",
    "a Twilio key": r"\bSK[0-9a-f]{32}\b",
    "a DigitalOcean token": r"\bdo[opr]_v1_[0-9a-f]{60,}",
    "a Databricks token": r"\bdapi[0-9a-f]{32}\b",
    "a Shopify token": r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b",
    "a Notion, Linear or Figma token": (
        r"\b(?:ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}|lin_api_[A-Za-z0-9]{40}|figd_[\w-]{36,})"
    ),
    "a Discord token": r"\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}",
    "a Mailchimp, Square, Atlassian or Airtable key": (
        r"\b(?:[0-9a-f]{32}-us\d{1,2}|sq0(?:csp|atp)-[\w-]{22,}|ATATT3[\w=-]{50,}"
        r"|pat[A-Za-z0-9]{14}\.[0-9a-f]{64})\b"
    ),
    "an Artifactory, Grafana, New Relic, Sentry or Postman key": (
        r"\b(?:AKCp[A-Za-z0-9]{60,}|glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|NRAK-[A-Z0-9]{27}"
        r"|sntry[su]_[\w+/=]{40,}|PMAK-[0-9a-f]{24}-[0-9a-f]{34})"
    ),
    "a Vault, Doppler, Supabase or PlanetScale token": (
        r"\b(?:hv[sb]\.[\w-]{24,}|dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9.]{40,}|sbp_[0-9a-f]{40}"
        r"|pscale_(?:tkn|pw)_[\w-]{32,})"
    ),
    "a Tavily, Pinecone or LangSmith key": (
        r"\b(?:tvly-[A-Za-z0-9-]{28,}|pcsk_[A-Za-z0-9]{5,}_[A-Za-z0-9]{50,}"
        r"|lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10})"
    ),
    "a JSON Web Token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "a bearer token": r"\b[Bb]earer\s+(?=[\w.~+/-]*\d)[\w.~+/-]{20,}",
    "a password in a URL": (
        r"\b[a-z][a-z0-9+.-]{1,20}://(?![^/\s@]*[{<$%])[^\s:/@'\"]+:"
        r"(?!(?:pass(?:word)?|secret|pw|pwd|x+|\*+)@)[^\s:/@'\"]{3,}@[\w.-]"
    ),
}
_SECRET = re.compile("|".join(f"(?P<_{i}>{shape})" for i, shape in enumerate(_SHAPES.values())))
_LIKELY = re.compile(r"[\w+/=.~-]{15}|://|-----BEGIN ")
"""What every shape has a part of: most lines have none, and need not be held against them all."""

_KINDS = tuple(_SHAPES)
_KEY_BLOCK = re.compile(
    r"-----BEGIN (?P<kind>[A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?)-----"
    r"[^-]{0,20000}-----END (?P=kind)-----"
)
"""A private key, with what follows its first line."""

ENVIRONMENT_NAME = re.compile(
    r"PASSW(?:OR)?D|PASSPHRASE|SECRET|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|TOKEN$|_KEY$|AUTH$",
    re.IGNORECASE,
)
"""Names of environment variables that hold a secret."""

MASK = "[secret]"
"""What stands in a secret's place."""


def token_in(text: str) -> str:
    """What the first token or key in a text looks like (`a GitHub token`); empty for none."""
    found = _SECRET.search(text) if _LIKELY.search(text) else None
    if found is None or re.search(r"(?i)example|xxxx", found.group()):
        return ""
    return _KINDS[int((found.lastgroup or "_0")[1:])]


def without_secrets(text: str) -> str:
    """The text with everything that has the shape of a token or key replaced by `[secret]`."""
    return _SECRET.sub(MASK, _KEY_BLOCK.sub(MASK, text))
