// Do the demo page's keys do what it says, and does it say everything without JavaScript?
import { open } from './pages.mjs';

const here = page => page.evaluate(
    () => document.querySelector('.step.here')?.dataset.name ?? null);
const view = page => page.evaluate(
    () => document.querySelector('svg.time').getAttribute('viewBox').split(' ').map(Number));

export async function wrongKeys(context, file) {
    const wrong = [];
    const page = await open(context, file, wrong);
    const expect = (what, found, wanted) => {
        if (JSON.stringify(found) !== JSON.stringify(wanted))
            wrong.push(`${what}: ${JSON.stringify(found)}, and not ${JSON.stringify(wanted)}`);
    };
    const engines = await page.evaluate(
        () => [...document.querySelectorAll('.engine.step')].map(one => one.dataset.name));
    expect('engines of the first table', engines.slice(0, 2), ['serial', 'threads+lock']);
    expect('before any key', await here(page), null);
    await page.keyboard.press('ArrowRight');
    expect('after the first step', await here(page), engines[0]);
    await page.keyboard.press('n');
    expect('after the second step', await here(page), engines[1]);
    await page.keyboard.press('b');
    expect('one step back', await here(page), engines[0]);
    for (let i = 0; i < engines.length + 3; i++) await page.keyboard.press('ArrowRight');
    expect('after all steps', await page.evaluate(
        () => document.querySelector('.step.here').id), 'says');
    await page.keyboard.press('Escape');
    expect('after Escape', await here(page), null);

    const whole = await view(page);
    await page.keyboard.press('+');
    expect('after +', await view(page), [whole[2] / 4, 0, whole[2] / 2, whole[3]]);
    await page.keyboard.press('.');
    expect('after .', await view(page), [whole[2] * 3 / 8, 0, whole[2] / 2, whole[3]]);
    await page.keyboard.press(',');
    await page.keyboard.press('0');
    expect('after 0', await view(page), whole);

    await page.keyboard.press('n');
    await page.keyboard.press('n');
    await page.keyboard.press(' ');
    await page.waitForFunction(() => Number(document.querySelector('.needle')?.getAttribute('x1'))
        > 1, null, { timeout: 20000 }).catch(() => wrong.push('Space: the time does not run'));
    await page.keyboard.press(' ');
    const stopped = await page.evaluate(() => document.querySelector('.now').textContent);
    if (!/ms.*thread/.test(stopped)) wrong.push(`who does what is not said: "${stopped}"`);
    await page.getByRole('button', { name: 'Next engine' }).click();
    expect('after the button', await here(page), engines[2]);
    await page.close();
    return wrong;
}

export async function wrongWithoutScripts(browser, file) {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const wrong = [];
    const page = await open(context, file, wrong);
    const text = await page.locator('body').innerText();
    for (const words of ['Computing', 'Waiting', 'speedup', 'threads+lock', 'On this run'])
        if (!text.includes(words)) wrong.push(`without JavaScript it does not say "${words}"`);
    if (/Next engine|Keys/.test(text)) wrong.push('without JavaScript it offers keys');
    if (await page.locator('svg.time .slice').count() < 10)
        wrong.push('without JavaScript there are no timelines');
    await context.close();
    return wrong;
}
