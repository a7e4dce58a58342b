"""Pages that show a release to people: in English and Japanese, without a server, from the marts alone."""

from orchestration.report.browser import browser, print_page, take_picture
from orchestration.report.releases import write_again, write_month, write_reports
from orchestration.report.site import page_name, write_report

__all__ = [
    "browser",
    "page_name",
    "print_page",
    "take_picture",
    "write_again",
    "write_month",
    "write_report",
    "write_reports",
]
