// What must hold for each page: nothing in the console, no scrolling sideways, nothing that axe-core
// finds, and links that lead somewhere.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const WIDTHS = [320, 768, 1280];

export function pagesBelow(folder) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const name = path.join(folder, entry.name);
        if (entry.isDirectory()) return pagesBelow(name);
        return name.endsWith('.html') ? [name] : [];
    });
}

// Opens a page; what the browser complains about goes to `wrong`.
export async function open(context, file, wrong) {
    const page = await context.newPage();
    page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) wrong.push(`console: ${message.text()}`);
    });
    page.on('pageerror', error => wrong.push(`script: ${error.message}`));
    page.on('requestfailed', request => wrong.push(`not loaded: ${request.url()}`));
    page.on('request', (request) => {
        if (!request.url().startsWith('file:') && !request.url().startsWith('data:'))
            wrong.push(`asks the network for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return page;
}

export async function scrollsSideways(page) {
    const wrong = [];
    for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const widest = await page.evaluate(() => {
            const root = document.documentElement;
            if (root.scrollWidth <= root.clientWidth) return null;
            const element = [...document.querySelectorAll('body *')].find(
                one => one.getBoundingClientRect().right > root.clientWidth + 1);
            return `${root.scrollWidth} wide, by ${element ? element.outerHTML.slice(0, 80) : '?'}`;
        });
        if (widest) wrong.push(`at ${width} px it scrolls sideways: ${widest}`);
    }
    return wrong;
}

export async function axe(page, source) {
    if (!await page.evaluate(() => Boolean(window.axe))) await page.evaluate(source);
    const found = await page.evaluate(async () => (await window.axe.run(document, {
        resultTypes: ['violations'],
        preload: false,     // it would fetch the style sheet, which no file: page may
    })).violations.map(one => `axe: ${one.id}: ${one.help}: ${one.nodes[0].html.slice(0, 120)}`));
    return found;
}

// What a page has to lead to, and where it leads: for wrongLinks.
export async function linksOf(page) {
    return page.evaluate(() => ({
        ids: [...document.querySelectorAll('[id]')].map(element => element.id),
        links: [...document.querySelectorAll('[href]')].map(element => element.href),
    }));
}

// `seen`: {file: what linksOf said}. A file that is no page only has to be there.
export function wrongLinks(seen) {
    const wrong = [];
    for (const [file, { ids, links }] of seen) {
        if (new Set(ids).size < ids.length)
            wrong.push(`${file}: an id is there twice: ${ids.find((id, i) => ids.indexOf(id) < i)}`);
        for (const link of new Set(links)) {
            const url = new URL(link);
            if (url.protocol !== 'file:') continue;
            const target = fileURLToPath(new URL(url.pathname, 'file:'));
            const anchor = decodeURIComponent(url.hash.slice(1));
            const there = seen.get(target);
            if (!there) {
                try {
                    readFileSync(target);
                } catch {
                    wrong.push(`${file}: a link to ${target}, which is not there`);
                }
            } else if (anchor && !there.ids.includes(anchor)) {
                wrong.push(`${file}: a link to ${target}#${anchor}, where there is no such place`);
            }
        }
    }
    return wrong;
}
