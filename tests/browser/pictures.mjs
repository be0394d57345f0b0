// The pictures of the README: the demo's queue and the customer's page on a phone.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { openBrowser, openDemo, signIn } from './support.mjs';

const folder = path.resolve('../../docs/images');
mkdirSync(folder, { recursive: true });
const demo = await openDemo();
const browser = await openBrowser();
const desk = await browser.newContext({ viewport: { width: 1200, height: 820 }, reducedMotion: 'reduce' });
const page = await desk.newPage();
await signIn({ page }, demo.base, 'ines@northwind.example');
await page.screenshot({ path: path.join(folder, 'queue.png') });
await page.goto(`${demo.base}/staff/customers/3`);
await page.screenshot({ path: path.join(folder, 'account.png') });
const phone = await browser.newContext({ viewport: { width: 390, height: 820 }, reducedMotion: 'reduce' });
const answer = await phone.newPage();
const name = demo.letters().filter((n) => n.includes('notice_to_customer-owner_at_alder')).pop();
await answer.goto(demo.base + demo.letter(name).match(/\/respond\/[0-9a-z]{52}/)[0]);
await answer.screenshot({ path: path.join(folder, 'answer.png') });
await browser.close();
await demo.close();
