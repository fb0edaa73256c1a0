"""Scrapy's settings of this project. What an operator sets is in `config`; the add-on carries it over."""

from __future__ import annotations

BOT_NAME = "nianbao"
SPIDER_LOADER_CLASS = "spiders.loader.SiteLoader"
ADDONS = {"crawler.addon.NianbaoAddon": 0}
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# Both open a port for whoever is on the machine, and 2.19 opens them by default.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Polite to one host at a time, however many sites a night visits.
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY_JITTER = 0
COOKIES_ENABLED = False

# Replay tools fail on br and zstd, so neither is asked for.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "gzip, deflate",
}

# The archive is the only cache, the only queue is in memory, and only HTTP is spoken.
HTTPCACHE_ENABLED = False
DOWNLOAD_HANDLERS = {
    "http": "crawler.recording.RecordingHandler",
    "https": "crawler.recording.RecordingHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
EXTENSIONS = {
    "crawler.recording.Recorder": 0,
    "crawler.revisit.KnownReports": 0,
}
ITEM_PIPELINES = {"crawler.sightings.KeepSightings": 100}
# But for the first, which takes the place of Scrapy's own, behind every other middleware, next to the network
# that they stand in for.
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "crawler.offsite.StayOnSite": 50,
    "crawler.politeness.OneQueueAHost": 980,
    "crawler.resume.AnswerFromArchive": 990,
    "crawler.conditional.AskWhetherModified": 995,
}

# Scrapy's own limit of 2,083 is a browser's of old, and drops an address without a trace in the archive.
URLLENGTH_LIMIT = 64 * 1024

# Replies that are not 200 are in the archive; the spider has nothing to do with them.
HTTPERROR_ALLOW_ALL = False
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]
LOG_LEVEL = "INFO"
