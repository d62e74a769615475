"""Names by which a site speaks to machines that learn from texts, or answer with them. A table and nothing else.

Crawlers and controls that their owners document, and those that lists of such crawlers agree on (ai.robots.txt).
"""

from __future__ import annotations

_TOKENS_TEXT = """
    ai2bot ai2bot-dolma amazonbot anthropic-ai applebot-extended bytespider ccbot chatgpt-user claude-searchbot
    claude-user claude-web claudebot cohere-ai cohere-training-data-crawler deepseekbot diffbot duckassistbot
    facebookbot google-cloudvertexbot google-extended googleother gptbot icc-crawler imagesiftbot img2dataset
    meta-externalagent meta-externalfetcher mistralai-user oai-searchbot omgili omgilibot pangubot perplexity-user
    perplexitybot timpibot velenpublicwebcrawler webzio-extended youbot
"""
TOKENS = frozenset(_TOKENS_TEXT.split())
