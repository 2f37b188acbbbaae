"""Lines of code with a secret in them, drawn at random in its issuer's shape, and harmless ones."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
B32 = string.ascii_uppercase + "234567"
B64 = string.ascii_letters + string.digits + "+/"

Row = tuple[str, str]
"""What it is, and the line."""


def drawer(seed: int) -> Callable[..., str]:
    """Gives random characters: so many, of an alphabet."""
    chance = random.Random(seed)

    def drawn(count: int, alphabet: str = string.ascii_letters + string.digits) -> str:
        return "".join(chance.choice(alphabet) for _ in range(count))

    return drawn


def secret_lines(seed: int = 7) -> list[Row]:
    """Lines that hold a secret; no token stands in this file, so that no scanner trips over it."""
    drawn = drawer(seed)
    return [
        ("aws id", f'ID = "AKIA{drawn(16, B32)}"'),
        ("aws secret", f'aws_secret_access_key = "{drawn(40, B64)}"'),
        ("github classic", f'X = "ghp_{drawn(36)}"'),
        ("github fine", f'X = "github_pat_{drawn(22)}_{drawn(59)}"'),
        ("gitlab", f'X = "glpat-{drawn(20)}"'),
        ("openai proj", f'X = "sk-proj-{drawn(48)}"'),
        ("openai old", f'X = "sk-{drawn(20)}T3BlbkFJ{drawn(20)}"'),
        ("anthropic", f'X = "sk-ant-api03-{drawn(90)}AA"'),
        ("huggingface", f'X = "hf_{drawn(34, string.ascii_letters)}"'),
        ("google", f'X = "AIza{drawn(35)}"'),
        ("google oauth", f'X = "GOCSPX-{drawn(28)}"'),
        (
            "slack bot",
            f'X = "xoxb-{drawn(12, string.digits)}-{drawn(12, string.digits)}-{drawn(24)}"',
        ),
        (
            "slack hook",
            f'X = "https://hooks.slack.com/services/T{drawn(8, UPPER)}/B{drawn(8)}/{drawn(24)}"',
        ),
        ("stripe", f'X = "sk_live_{drawn(24)}"'),
        ("twilio", f'X = "SK{drawn(32, HEX)}"'),
        ("sendgrid", f'X = "SG.{drawn(22)}.{drawn(43)}"'),
        ("mailgun", f'X = "key-{drawn(32, HEX)}"'),
        ("mailchimp", f'X = "{drawn(32, HEX)}-us12"'),
        ("npm", f'X = "npm_{drawn(36)}"'),
        ("pypi", f'X = "pypi-AgEIcHlwaS5vcmc{drawn(70)}"'),
        ("telegram", f'X = "{drawn(10, "123456789")}:AA{drawn(33)}"'),
        (
            "discord hook",
            f'X = "https://discord.com/api/webhooks/{drawn(18, "123456789")}/{drawn(68)}"',
        ),
        ("discord bot", f'X = "M{drawn(23)}.{drawn(6)}.{drawn(27)}"'),
        ("digitalocean", f'X = "dop_v1_{drawn(64, HEX)}"'),
        ("databricks", f'X = "dapi{drawn(32, HEX)}"'),
        ("shopify", f'X = "shpat_{drawn(32, HEX)}"'),
        ("square", f'X = "sq0csp-{drawn(43)}"'),
        ("notion", f'X = "ntn_{drawn(46)}"'),
        ("linear", f'X = "lin_api_{drawn(40)}"'),
        ("jwt", f'X = "eyJhbGciOiJIUzI1NiJ9.eyJ{drawn(40)}.{drawn(43)}"'),
        ("private key", 'X = """-----BEGIN RSA PRIV' + 'ATE KEY-----\nMIIE"""'),
        ("openssh key", 'X = "-----BEGIN OPENSSH PRIV' + 'ATE KEY-----"'),
        (
            "azure storage",
            f'X = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={drawn(86, B64)}=="',
        ),
        ("url password", f'X = "postgres://app:{drawn(14)}@db.internal:5432/shop"'),
        ("basic auth", f'X = "https://user:{drawn(12)}@host.io/x"'),
        ("bearer", f'H = {{"Authorization": "Bearer {drawn(40)}"}}'),
        ("password assign", 'password = "tr0ub4dor&3x"'),
        ("password kwarg", 'c = connect(host="db", password="Kx9!mPq2zz")'),
        ("password dict", 'c = {"password": "Kx9!mPq2zz"}'),
        ("api_key dict", f'c = {{"api_key": "{drawn(32)}"}}'),
        ("api_key hex", f'api_key = "{drawn(32, HEX)}"'),
        ("secret default", f'def _g(secret="{drawn(24)}"): pass'),
        ("token assign", f'token = "{drawn(40)}"'),
        ("groq", f'X = "gsk_{drawn(52)}"'),
        ("openrouter", f'X = "sk-or-v1-{drawn(64, HEX)}"'),
        ("replicate", f'X = "r8_{drawn(37)}"'),
        ("artifactory", f'X = "AKCp{drawn(69)}"'),
        ("ibm cloud", f'ibm_cloud_iam_api_key = "{drawn(44)}"'),
        ("cloudant", f'cloudant_password = "{drawn(64, HEX)}"'),
        ("joined", f'X = "ghp_" "{drawn(36)}"'),
        ("bytes", f'X = b"ghp_{drawn(36)}"'),
        ("azure ad secret", f'client_secret = "{drawn(3)}8Q~{drawn(34)}"'),
        ("flickr/hex in name", f'consumer_secret = "{drawn(32, HEX)}"'),
        ("age", f'X = "AGE-SECRET-KEY-1{drawn(58, string.ascii_uppercase + string.digits)}"'),
        ("grafana", f'X = "glsa_{drawn(32)}_{drawn(8, HEX)}"'),
        ("newrelic", f'X = "NRAK-{drawn(27, UPPER)}"'),
        ("doppler", f'X = "dp.pt.{drawn(43)}"'),
        ("vault", f'X = "hvs.{drawn(90)}"'),
        ("sentry", f'X = "sntrys_{drawn(60)}"'),
        ("postman", f'X = "PMAK-{drawn(24, HEX)}-{drawn(34, HEX)}"'),
        ("supabase", f'X = "sbp_{drawn(40, HEX)}"'),
        ("tavily", f'X = "tvly-{drawn(32)}"'),
        ("pinecone", f'X = "pcsk_{drawn(6)}_{drawn(62)}"'),
    ]


def harmless_lines(seed: int = 7) -> list[Row]:
    """Lines that look as if they held one."""
    drawn = drawer(seed)
    return [
        ("sha256 sum", f'CHECKSUM = "{drawn(64, HEX)}"'),
        ("md5 dict", f'KNOWN = {{"a.csv": "{drawn(32, HEX)}"}}'),
        ("git sha", f'REVISION = "{drawn(40, HEX)}"'),
        ("uuid", 'ID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"'),
        ("alphabet", f'A = "{string.ascii_letters + string.digits}"'),
        ("base64 gif", 'PIXEL = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"'),
        ("placeholder", 'api_key = "YOUR_API_KEY"'),
        ("placeholder2", 'password = "<password>"'),
        ("env read label", 'HEADER = "X-Api-Key"'),
        ("token kind", 'token = "identifier"'),
        ("key fn", 'key = "customer_number"'),
        ("dict key", 'c = {"password": None}'),
        ("prompt", 'password = "Enter your password: "'),
        ("url", 'URL = "https://example.org/a/b?token=abc"'),
        ("url tmpl", 'URL = f"https://{user}:{password}@host/x"'),
        ("regex", 'P = r"[A-Za-z0-9_\\-]{20,}"'),
        ("dna", 'SEQ = "ACGTACGTTAGCTAGCTAGCATCGATCGATCGATTAGC"'),
        ("protein", 'S = "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRVGDG"'),
        ("isbn", 'I = "978-3-16-148410-0"'),
        ("long word", 'W = "donaudampfschifffahrtsgesellschaft"'),
        ("camel", 'C = "AbstractSingletonProxyFactoryBean2"'),
        ("path", 'P = "data/2024/exports/customers_final_v2.parquet"'),
        ("ip", 'H = "8.8.8.8"'),
        ("version", 'V = "1.2.3-beta.4+build.20240101"'),
        ("snake key name", 'key = "sk-learn-pipeline-step"'),
        ("public key", 'K = "-----BEGIN PUBLIC KEY-----"'),
        ("cert", 'K = "-----BEGIN CERTIFICATE-----"'),
        ("xpath", "X = \"//div[@class='price']/span[2]/text()\""),
        ("format", 'F = "%Y-%m-%dT%H:%M:%S.%f%z"'),
        ("hash fn", f'assert digest == "{drawn(64, HEX)}"'),
        ("hex colour table", 'C = ["ff8800aa", "00ff88cc"]'),
        ("secret santa", 'secret_santa = "Ludwig"'),
        ("tokenizer", 'tokenizer = "bert-base-uncased"'),
        ("password arg name", 'field = "password"'),
        ("password doc", '"""Set password="secret" to log in."""'),
        ("morse", 'M = {"A": ".-", "B": "-...", "C": "-.-."}'),
        ("wordlist key", 'auth = "basic"'),
        ("token_count", 'token_type = "Bearer"'),
        ("sk words", 'X = "sk-the-quick-brown-fox-jumps-over"'),
        ("email", 'E = "someone.with.a.long.name@department.example.org"'),
        ("base58 alphabet", 'B = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"'),
        ("s3", 'U = "s3://my-bucket/prefix/key-0001/part-00000-of-00010.snappy"'),
        ("soundex", 'T = "01230120022455012623010202"'),
        ("lorem", 'L = "Loremipsumdolorsitametconsecteturadipiscing"'),
        ("key hash", 'primary_key = "order_id_customer_id_line_no"'),
    ]
