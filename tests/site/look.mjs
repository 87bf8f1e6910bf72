// Looks at all pages in a browser, and takes pictures of some.
// usage: node look.mjs SITE DEMO SCRATCH      SCRATCH has node_modules; pictures go to its pictures/
// Prints a line for each thing that is wrong. Exit status 0, 1 if there is one, 2 if it cannot look.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { wrongKeys, wrongWithoutScripts } from './demo.mjs';
import { axe, linksOf, open, pagesBelow, scrollsSideways, wrongLinks } from './pages.mjs';

const [site, demo, scratch] = process.argv.slice(2).map(name => path.resolve(name));
const require = createRequire(`${scratch}/`);
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const TALL = { width: 375, height: 1400 };
const WIDE = { width: 1280, height: 1400 };

// There are many pages of a kind: axe sees the longest source file, and of pages that show another
// page's text in the frame of their own language, one.
function forAxe(files) {
    const kinds = new Map(files.map((file) => {
        const text = readFileSync(file, 'utf8');
        const [page, main] = ['html', 'main id="text"'].map(
            tag => text.match(new RegExp(`<${tag} lang="(\\w+)"`))?.[1]);
        const source = /<body class="source">/.test(text) ? `source ${page}` : null;
        return [file, source ?? (main && page !== main ? `borrowed ${page}` : file)];
    }));
    const longest = [...files].sort((a, b) => readFileSync(b).length - readFileSync(a).length);
    return new Set([...new Set(kinds.values())].map(
        kind => longest.find(file => kinds.get(file) === kind)));
}

async function lookAtAll(browser, files, say) {
    const seen = new Map();
    const thorough = forAxe(files);
    const began = Date.now();
    const context = await browser.newContext({ viewport: WIDE });
    for (const [done, file] of files.entries()) {
        const wrong = [];
        const page = await open(context, file, wrong);
        if (file !== path.join(site, 'index.html')) {   // it leads to another page at once
            seen.set(file, await linksOf(page));
            wrong.push(...await scrollsSideways(page));
            if (thorough.has(file))
                for (const colorScheme of ['light', 'dark']) {
                    await page.emulateMedia({ colorScheme });
                    wrong.push(...(await axe(page, axeSource)).map(line => `${colorScheme}: ${line}`));
                }
        }
        await page.close();
        wrong.forEach(line => say(`${file}: ${line}`));
        if (process.stderr.isTTY) {
            const left = (Date.now() - began) / (done + 1) * (files.length - done - 1) / 1000;
            process.stderr.write(`\r  looked at ${done + 1} of ${files.length}, about ` +
                `${Math.ceil(left / 5) * 5} s left   `);
        }
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${' '.repeat(60)}\r`);
    await context.close();
    wrongLinks(seen).forEach(say);
}

async function takePictures(browser, files) {
    for (const colorScheme of ['light', 'dark'])
        for (const [shape, viewport] of [['phone', TALL], ['desktop', WIDE]]) {
            const context = await browser.newContext({ viewport, colorScheme });
            for (const [name, file] of files) {
                const page = await open(context, file, []);
                await page.screenshot({ path: `${scratch}/pictures/${name}-${shape}-${colorScheme}.png` });
                await page.close();
            }
            await context.close();
        }
}

async function main() {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
        // Root cannot have Chromium's sandbox; only our own pages are opened.
        args: process.getuid() === 0 ? ['--no-sandbox'] : [],
    });
    let findings = 0;
    const say = (line) => {
        findings++;
        console.log(line.replaceAll(`${process.cwd()}/`, ''));
    };
    try {
        const korean = demo.replace('.en.html', '.html');
        const files = [...pagesBelow(site), demo, korean];
        await lookAtAll(browser, files, say);
        const context = await browser.newContext({ viewport: WIDE });
        (await wrongKeys(context, demo)).forEach(line => say(`${demo}: ${line}`));
        (await wrongWithoutScripts(browser, demo)).forEach(line => say(`${demo}: ${line}`));
        const texts = pagesBelow(`${site}/en/handouts`).sort();
        await takePictures(browser, [['front', `${site}/en/index.html`],
            ['lab-first', texts[0]], ['lab-late', texts[8]], ['lab-ko', texts[2].replace('/en/', '/ko/')],
            ['demo', demo], ['demo-ko', korean]]);
        console.log(findings ? `check-site: ${findings} things are wrong`
            : `check-site: ${files.length} pages are well; pictures in ${path.relative('.', scratch)}/pictures/`);
    } finally {
        await browser.close();
    }
    process.exitCode = findings ? 1 : 0;
}

main().catch((error) => {
    console.error(`check-site: ${error.message}`);
    process.exitCode = 2;
});
