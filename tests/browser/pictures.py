"""Take the pictures of docs/guide again, from a demonstration that is running.

make demo     # in one terminal
make guide    # in another, with the same PORT=
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import CHROMIUM, FLAGS

FOLDER = Path(__file__).parents[2] / "docs" / "guide" / "images"
WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 375, "height": 760}
COLOURS = 256  # our few inks and their shades; a third of the weight
DOMAIN = "saint-exemple.example"
TRIES = 20
# Letters where the fonts put them, not rounded to the dots of a screen.
LOOKS = "--font-render-hinting=none"


def sign_in(browser: Browser, base: str, who: str, viewport: dict) -> Page:
    """As a person does it: the codes are read in the letter box of the demonstration."""
    page = browser.new_context(viewport=viewport, reduced_motion="reduce").new_page()
    letters = page.context.new_page()
    letters.goto(f"{base}/demo/courriels/")
    before = letters.locator(".mails li").count()
    page.goto(f"{base}/compte/login/code/")
    page.get_by_label("Adresse courriel").fill(f"{who}@{DOMAIN}")
    page.get_by_role("button", name="Recevoir un code par courriel").click()
    for _ in range(TRIES):
        letters.reload()
        if letters.locator(".mails li").count() > before:
            break
        letters.wait_for_timeout(500)
    page.get_by_label("Code").fill(letters.locator(".mails .tag b").first.inner_text())
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(lambda url: "/login/code/" not in url)
    if "/2fa/" in page.url:
        letters.reload()
        page.locator("input[name=code]").fill(letters.locator(".note strong").first.inner_text())
        page.get_by_role("button", name="Se connecter", exact=True).click()
        page.wait_for_url(lambda url: "/2fa/" not in url)
    letters.close()
    return page


def open_page(page: Page, address: str) -> None:
    """Stop rather than take the picture of a refusal."""
    response = page.goto(address)
    if response is None or not response.ok or "/compte/" in page.url:
        raise SystemExit(f"{address} ne s’ouvre pas ({page.url}) : aucune image n’en est faite.")


def take(page: Page, name: str, *, of: str | None = None) -> None:
    """Keep what the window shows, or one element of the page, in few colours."""
    shot = page.locator(of).first.screenshot() if of else page.screenshot()
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)


def answer(page: Page) -> None:
    """Something to each question, whichever were drawn: every box, the last of each choice."""
    for box in page.locator(".quiz input:is([type=checkbox], [type=radio])").all():
        box.check()
    for text in page.locator(
        ".quiz input:not([type=checkbox], [type=radio], [type=hidden])"
    ).all():
        text.fill("le greffe")
    for place, choice in enumerate(page.locator(".quiz select").all()):
        choice.select_option(index=1 + place % (choice.locator("option").count() - 1))


def learner(browser: Browser, base: str) -> None:
    page = sign_in(browser, base, "chantal.girard", WIDE)
    open_page(page, f"{base}/")  # again, without the word of welcome
    take(page, "accueil")
    open_page(page, f"{base}/catalogue/")
    take(page, "catalogue")
    open_page(page, f"{base}/cours/cyb-101/")
    take(page, "cours")
    open_page(page, f"{base}/rencontres/")
    take(page, "rencontres")
    page.set_viewport_size(PHONE)
    open_page(page, f"{base}/")
    take(page, "accueil-telephone")
    open_page(page, f"{base}/cours/cyb-101/cinq-signes/")
    take(page, "lecon-telephone")
    open_page(page, f"{base}/cours/cyb-101/dix-minutes/")
    answer(page)
    page.get_by_role("button", name="Vérifier mes réponses").first.click()
    take(page, "exercice-telephone")


def responsable(browser: Browser, base: str) -> None:
    page = sign_in(browser, base, "ginette.ouellet", WIDE)
    open_page(page, f"{base}/mes-gens/")
    town = page.url
    take(page, "mes-gens")
    open_page(page, f"{town}inscrire/")
    take(page, "mes-gens-inscrire")
    open_page(page, f"{town}attribuer/")
    take(page, "mes-gens-attribuer")
    open_page(page, f"{town}preuves/")
    take(page, "mes-gens-preuves")
    open_page(page, f"{base}/attestations/")
    take(page, "attestations")
    page.set_viewport_size(PHONE)
    open_page(page, f"{town}relancer/")
    take(page, "mes-gens-relancer-telephone")


def author(browser: Browser, base: str) -> None:
    page = sign_in(browser, base, "philippe.nguyen", WIDE)
    open_page(page, f"{base}/admin/atelier/")
    take(page, "atelier")
    open_page(page, f"{base}/admin/atelier/cyb-101/")
    take(page, "atelier-plan")
    page.get_by_role("link", name="Cinq signes").first.click()
    take(page, "atelier-lecon")
    open_page(page, f"{base}/admin/atelier/cyb-101/publier/")
    take(page, "atelier-publier")


def coordinator(browser: Browser, base: str) -> None:
    page = sign_in(browser, base, "catherine.lavoie", WIDE)
    open_page(page, f"{base}/rapports/participation/")
    take(page, "participation")
    take(page, "participation-regions", of=".duo")
    page.get_by_role("table").first.scroll_into_view_if_needed()
    take(page, "participation-tableau")
    open_page(page, f"{base}/rapports/participation/chemin/")
    take(page, "chemin", of=".duo")
    take(page, "chemin-heures", of=".fig:has(.heat)")


def main(base: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, LOOKS])
        for scene in (learner, responsable, author, coordinator):
            scene(browser, base)
        browser.close()


if __name__ == "__main__":
    main(f"http://127.0.0.1:{sys.argv[1]}")
