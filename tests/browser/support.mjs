// A demo of its own for the run, a real browser, and the checks every page gets.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Starts the demo on a free port and waits until it is open. */
export async function openDemo() {
  const data = mkdtempSync(path.join(tmpdir(), 'safeharbor-browser-'));
  const binary = process.env.SAFEHARBOR_TEST_BINARY ?? path.resolve('../../target/debug/safeharbor');
  const child = spawn(binary, ['demo', '--listen', '127.0.0.1:0', '--data', path.join(data, 'demo')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const text = await new Promise((resolve, reject) => {
    let seen = '';
    child.stdout.on('data', (chunk) => {
      seen += chunk;
      if (seen.includes('Stop with Ctrl-C')) resolve(seen);
    });
    child.on('exit', (code) => reject(new Error(`the demo ended with ${code}: ${seen}`)));
  });
  const base = text.match(/http:\/\/127\.0\.0\.1:\d+/)[0];
  const report = text.match(/customer to report:\s+(\S+)/)[1];
  const mail = path.join(data, 'demo', 'mail');
  return {
    base,
    report,
    /** Names of the letters, oldest first. */
    letters: () => readdirSync(mail).filter((name) => name.endsWith('.eml')).sort(),
    /** A letter as text, soft line breaks undone. */
    letter: (name) => readFileSync(path.join(mail, name), 'utf8').replace(/=\r?\n/g, '').replace(/=3D/g, '='),
    async close() {
      child.removeAllListeners('exit');
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Opens the browser that Debian ships. */
export function openBrowser() {
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
}

/** A fresh visitor; errors in the console fail the test that closes it. */
export async function visitor(browser, { width = 1280, height = 900, colorScheme = 'light' } = {}) {
  // The pages allow no script at all; the checker has to get past that.
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce', bypassCSP: true });
  context.setDefaultTimeout(8000);
  const page = await context.newPage();
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  return {
    page,
    /** Accessibility, sideways scrolling, console: for the page that is open. */
    async check(expectedErrors = 0) {
      await page.evaluate(axe);
      const result = await page.evaluate((only) => globalThis.axe.run(document, { runOnly: only }), rules);
      const found = result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).slice(0, 3).join(' | ')}`);
      assert.deepEqual(found, [], `accessibility of ${page.url()} at ${width}px`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${page.url()} scrolls sideways: ${wide} of ${width}px`);
      assert.equal(errors.length, expectedErrors, `console of ${page.url()}: ${errors.join('; ')}`);
      errors.length = 0;
    },
    close: () => context.close(),
  };
}

/** Ticks a box or chooses an answer as people do: by its words, which cover the whole row. */
export function tick(page, words) {
  return page.locator('label', { hasText: words }).click();
}

/** Signs in and leaves the queue open. */
export async function signIn(visit, base, email) {
  await visit.page.goto(`${base}/staff/login`);
  await visit.page.getByLabel('Work email address').fill(email);
  await visit.page.getByLabel('Password').fill('northwind-demo');
  await visit.page.getByRole('button', { name: 'Sign in' }).click();
  await visit.page.waitForURL(`${base}/staff/`);
}

/** Waits until something is there. */
export async function until(look, what) {
  for (let n = 0; n < 100; n += 1) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited ten seconds for ${what}`);
}
