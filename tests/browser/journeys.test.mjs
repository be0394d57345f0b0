// Journeys in a real browser: a rights holder sends, the customer answers from the letter on a phone, staff decide
// about a flagged account with a second person, complete a letter, disable access; the customer sends a counter-notice
// from a phone and the complainant tells of a court action. Then a sweep over every page.
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { openBrowser, openDemo, signIn, tick, until, visitor } from './support.mjs';

let demo;
let browser;
let caseReference;
let lettersBefore;
let letter;

before(async () => {
  demo = await openDemo();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await demo?.close();
});

test('a rights holder sends a notice', async () => {
  const visit = await visitor(browser);
  const { page } = visit;
  await page.goto(`${demo.base}/`);
  await visit.check();
  await page.getByRole('link', { name: 'Start a notice' }).click();
  await visit.check();
  // Sent empty first: every error at once, each linked to its field.
  await page.getByRole('button', { name: 'Check your answers' }).click();
  await page.getByRole('alert').getByRole('link', { name: 'Enter your full name' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'name');
  await visit.check(1);
  await page.getByLabel('Your full name').fill('Joel Finch');
  await page.getByLabel('Email address').fill('joel@holtfinch.example');
  await page.getByLabel('Title or short name').fill('Salt Marsh, 1 to 3');
  await page.getByLabel('What it is').fill('Three photographs, 2021');
  await page.getByLabel('Web addresses, one on each line').fill(`${demo.report}\nhttps://elsewhere.example/x`);
  await page.getByRole('button', { name: 'Check these addresses' }).click();
  await page.getByText('1 hosted by us').waitFor();
  for (const words of ['I have a good faith belief', 'Before sending this notice', 'The information in this notice', 'Under penalty of perjury']) {
    await tick(page, words);
  }
  await page.getByLabel('Type your full legal name').fill('Joel Finch');
  await page.getByRole('button', { name: 'Check your answers' }).click();
  await page.getByRole('heading', { name: 'Check your notice before you send it' }).waitFor();
  await visit.check();
  await page.getByRole('button', { name: 'Change the addresses' }).click();
  assert.match(await page.getByLabel('Web addresses, one on each line').inputValue(), /elsewhere/);
  await page.getByRole('button', { name: 'Check your answers' }).click();
  lettersBefore = demo.letters();
  await page.getByRole('button', { name: 'Send the notice' }).dblclick();
  await page.getByRole('heading', { name: 'We have your notice' }).waitFor();
  assert.equal(await page.getByText(/C-[0-9A-Z]{4}-[0-9A-Z]{4}/).count(), 0, 'cases are not named to complainants');
  await visit.check();
  await page.reload();
  await page.getByRole('link', { name: 'Open your private status page' }).click();
  await page.getByRole('heading', { name: 'Where your notice stands' }).waitFor();
  await visit.check();
  await visit.close();
});

test('the customer answers from the letter on a phone', async () => {
  const isNew = (n) => n.includes('notice_to_customer') && !lettersBefore.includes(n);
  const name = await until(() => demo.letters().find(isNew), 'the letter');
  caseReference = demo.letter(name).match(/C-[0-9A-Z]{4}-[0-9A-Z]{4}/)[0];
  const sent = demo.letters().filter((n) => n.includes('notice_to_customer') && demo.letter(n).includes(caseReference));
  assert.equal(sent.length, 1, 'a double click sends once');
  const link = demo.letter(name).match(/\/respond\/[0-9a-z]{52}/)[0];
  const visit = await visitor(browser, { width: 375, height: 800, colorScheme: 'dark' });
  const { page } = visit;
  await page.goto(demo.base + link);
  await page.getByText('Answer by').first().waitFor();
  await visit.check();
  await page.getByRole('link', { name: 'Go to your answer' }).click();
  await page.getByRole('button', { name: 'Send my answer' }).click();
  await page.getByRole('alert').getByText('Choose one of the four answers').waitFor();
  await visit.check(1);
  await tick(page, 'I have removed it');
  await page.getByLabel('Anything we should know?').fill('Taken down this morning.');
  await page.getByRole('button', { name: 'Send my answer' }).click();
  await page.getByRole('heading', { name: 'Thank you. Your answer is recorded' }).waitFor();
  await page.getByText('One strike is recorded').waitFor();
  await visit.check();
  await page.getByRole('link', { name: 'Change my answer' }).click();
  await page.getByRole('button', { name: 'Send my answer' }).waitFor();
  await visit.close();
});

test('staff see the answer, decide about a flagged account, and a second person approves', async () => {
  const agent = await visitor(browser);
  await signIn(agent, demo.base, 'ines@northwind.example');
  await agent.check();
  await agent.page.getByRole('searchbox').fill(caseReference);
  await agent.page.getByRole('button', { name: 'Find' }).click();
  await agent.page.getByRole('heading', { name: `Case ${caseReference}` }).waitFor();
  await agent.page.getByText('Taken down this morning.').first().waitFor();
  await agent.check();
  await agent.page.getByRole('link', { name: 'Repeat infringers' }).click();
  await agent.check();
  await agent.page.getByRole('link', { name: 'Decide on Brackenridge Media' }).click();
  await agent.check();
  await tick(agent.page, 'Suspend the account');
  await tick(agent.page, 'Threshold reached');
  await agent.page.getByRole('textbox', { name: 'Reasons' }).fill('Six strikes in half a year, most without an answer.');
  await agent.page.getByRole('button', { name: 'Send for approval' }).click();
  await agent.page.getByText('Waits for a second person').waitFor();
  assert.equal(await agent.page.getByRole('button', { name: 'Approve', exact: true }).count(), 0, 'not the first person');
  await agent.check();
  await agent.page.getByRole('button', { name: 'Sign out' }).click();
  await agent.close();
  const lead = await visitor(browser, { colorScheme: 'dark' });
  await signIn(lead, demo.base, 'dana@northwind.example');
  await lead.page.getByRole('link', { name: /^Review decision.*Brackenridge Media/ }).click();
  await lead.page.getByRole('button', { name: 'Approve', exact: true }).click();
  await lead.page.getByText('approved by Dana Whitlock').waitFor();
  await lead.check();
  const letter = await until(() => demo.letters().reverse().find((n) => n.includes('-decision-piers')), 'the letter with the reasons');
  assert.match(demo.letter(letter), /Six strikes in half a year/);
  await lead.close();
});

test('staff complete a letter that came by mail, and an admin lets a program in', async () => {
  const agent = await visitor(browser);
  await signIn(agent, demo.base, 'ines@northwind.example');
  await agent.page.goto(`${demo.base}/staff/?view=review`);
  await agent.page.getByRole('row', { name: /A notice by mail to complete/ }).getByRole('link').first().click();
  await agent.page.getByRole('heading', { name: 'My photographs on a site you host' }).waitFor();
  letter = agent.page.url().match(/submissions\/(\d+)/)[1];
  await agent.check();
  assert.match(await agent.page.getByLabel('Addresses of the material').inputValue(), /winter-pier/);
  assert.equal(await agent.page.getByLabel('Under penalty of perjury').isChecked(), false, 'the letter does not say it');
  await agent.page.getByLabel('Works, one a line').fill('Winter Pier\nFerry at Six');
  await agent.page.getByRole('button', { name: 'Accept as a notice' }).click();
  await agent.page.getByText('statement.authority_missing').waitFor();
  await agent.check();
  const asked = await until(() => demo.letters().find((n) => n.includes('missing_elements-petra')), 'the letter with what is missing');
  assert.match(demo.letter(asked), /penalty of perjury/);
  await agent.close();
  const admin = await visitor(browser);
  await signIn(admin, demo.base, 'tomas@northwind.example');
  await admin.page.getByRole('link', { name: 'Settings' }).click();
  await admin.page.getByRole('button', { name: 'Create the key' }).click();
  await admin.page.getByRole('alert').getByRole('link', { name: /Give the key a name/ }).click();
  await admin.check(1);
  await admin.page.getByLabel('Name').fill('Billing');
  await tick(admin.page, 'notices:read');
  await admin.page.getByRole('button', { name: 'Create the key' }).click();
  const secret = await admin.page.getByText(/^shk_/).textContent();
  await admin.check();
  const answer = await fetch(`${demo.base}/api/v1/notices?limit=10`, { headers: { authorization: `Bearer ${secret}` } });
  assert.ok((await answer.json()).items.some((n) => n.email === 'petra@petrahale.example' && n.class === 'curable'));
  await admin.page.getByRole('link', { name: 'API documentation' }).click();
  await admin.page.getByRole('link', { name: '/api/v1/notices:batch' }).click();
  await admin.page.getByRole('heading', { name: 'Send many notices' }).waitFor();
  await admin.check();
  await admin.close();
});

/** The link of the newest letter whose name holds some words. */
async function linkIn(words, pattern) {
  const name = await until(() => demo.letters().reverse().find((n) => n.includes(words)), words);
  return demo.letter(name).match(pattern)[0];
}

test('a counter-notice on a phone, and a court action that stops it', async () => {
  const agent = await visitor(browser);
  await signIn(agent, demo.base, 'ines@northwind.example');
  await agent.page.goto(`${demo.base}/staff/?q=mirror.fenwick`);
  await agent.page.getByRole('row', { name: /Awaiting customer/ }).getByRole('link', { name: /^C-/ }).first().click();
  const disputed = (await agent.page.getByRole('heading', { level: 1 }).textContent()).replace('Case ', '').trim();
  await agent.page.getByRole('link', { name: /^Disable 2 URLs/ }).click();
  await agent.page.getByLabel('Reason').fill('Both addresses still answer.');
  await agent.page.getByRole('button', { name: 'Disable access' }).click();
  await agent.page.getByText('Access disabled to 2 URLs').waitFor();
  await agent.check();

  const link = await linkIn('access_disabled-noc_at_fenwick', /\/respond\/[0-9a-z]{52}\/counter-notice/);
  const visit = await visitor(browser, { width: 375, height: 800 });
  const { page } = visit;
  await page.goto(demo.base + link);
  await page.getByRole('heading', { name: 'What you sign here is passed on' }).waitFor();
  await visit.check();
  await page.getByRole('button', { name: 'Sign and send the counter-notice' }).click();
  await page.getByRole('alert').getByRole('link', { name: 'Enter your full legal name' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'cn-name');
  await visit.check(1);
  await page.getByLabel('Full legal name').first().fill('Robin Fenwick');
  await page.getByLabel('Street address').fill('12 Mill Road');
  await page.getByLabel('City or town').fill('Ely');
  await page.getByLabel('Country').fill('United Kingdom');
  await page.getByLabel('Telephone').fill('+44 1353 555 010');
  await page.getByLabel('Why it is a mistake').fill('The archive holds our own test recordings.');
  await page.getByLabel('Evidence').setInputFiles({ name: 'sessions.txt', mimeType: 'text/plain', buffer: Buffer.from('Recorded 4 May 2025') });
  await tick(page, 'Under penalty of perjury');
  await tick(page, 'Outside the United States');
  await tick(page, 'I will accept service of process');
  await page.getByLabel('Type your full legal name').fill('Robin Fenwick');
  await page.getByRole('button', { name: 'Sign and send the counter-notice' }).click();
  await page.getByText('waiting period running').waitFor();
  await visit.check();
  await visit.close();

  const status = await linkIn('counter_notice_copy-notices_at_corvid', /\/n\/[0-9a-z]{52}/);
  const sender = await visitor(browser, { width: 375, height: 800, colorScheme: 'dark' });
  await sender.page.goto(demo.base + status);
  await sender.page.getByText('Robin Fenwick').first().waitFor({ state: 'attached' });
  await sender.check();
  await sender.page.getByRole('button', { name: /^Notify Northwind Hosting/ }).click();
  await sender.page.getByRole('alert').getByText('Name the court').waitFor();
  await sender.check(1);
  await tick(sender.page, 'An action in a court');
  await sender.page.getByLabel('Court', { exact: true }).fill('U.S. District Court, District of Maine');
  await sender.page.getByLabel('Case or docket number').fill('2:26-cv-00412');
  await sender.page.getByLabel('Date filed').fill('2026-01-05');
  await tick(sender.page, 'I have filed an action seeking a court order');
  await sender.page.getByRole('button', { name: /^Notify Northwind Hosting/ }).click();
  await sender.page.getByText('Access stays disabled.').first().waitFor();
  await sender.check();
  await sender.close();

  await agent.page.goto(`${demo.base}/staff/cases/${disputed}`);
  await agent.page.getByText('Stopped by a court action').first().waitFor();
  await agent.page.getByRole('link', { name: 'sessions.txt' }).waitFor();
  await agent.check();
  const download = agent.page.waitForEvent('download');
  await agent.page.getByRole('button', { name: /^Export the evidence/ }).click();
  assert.equal((await download).suggestedFilename(), `${disputed}-evidence.zip`);
  await agent.close();
});

test('a sender completes a notice and takes one back', async () => {
  const cure = await linkIn('missing_elements-dmca_at_greyline', /\/n\/[0-9a-z]{52}\/cure/);
  const visit = await visitor(browser, { width: 375, height: 800 });
  const { page } = visit;
  await page.goto(demo.base + cure);
  await visit.check();
  await page.getByRole('button', { name: 'Send the completed notice' }).click();
  await page.getByRole('alert').waitFor();
  await visit.check(1);
  await page.getByLabel('Type your full name').fill('Greyline Enforcement Desk');
  const name = page.getByLabel('Full name', { exact: true });
  if (await name.count()) await name.fill('Greyline Enforcement Desk');
  await page.getByRole('button', { name: 'Send the completed notice' }).click();
  await page.getByRole('heading', { name: 'We have your notice' }).waitFor();
  await page.getByRole('link', { name: 'Open your private status page' }).click();
  await page.getByText('It completes your notice').waitFor();
  await visit.check();
  await tick(page, 'I withdraw what is selected');
  await page.getByRole('button', { name: 'Withdraw' }).click();
  await page.getByRole('heading', { name: 'Your notice is withdrawn' }).waitFor();
  await visit.check();
  await visit.close();
});

/** What an authenticator app shows for a key in base 32 (RFC 6238). */
function appCode(key, at = Date.now()) {
  const bits = [...key.replace(/\s/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', secret).update(step).digest();
  const code = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(code % 1_000_000).padStart(6, '0');
}

test('a member of staff sets up a second step and signs in with it', async () => {
  const visit = await visitor(browser, { width: 375, height: 800, colorScheme: 'dark' });
  const { page } = visit;
  await signIn(visit, demo.base, 'vera@northwind.example');
  await page.getByRole('link', { name: 'Vera Lindholm' }).click();
  await visit.check();
  const key = await page.locator('code.url').textContent();
  await page.getByLabel('Code').fill(appCode(key));
  await page.getByRole('button', { name: 'Turn the second step on' }).click();
  await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
  assert.equal(await page.locator('.codes li').count(), 10);
  await visit.check();
  const recovery = await page.locator('.codes code').first().textContent();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Work email address').fill('vera@northwind.example');
  await page.getByLabel('Password').fill('northwind-demo');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Second step' }).waitFor();
  await visit.check();
  await page.getByLabel('Code').fill('000000');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'There is a problem with 1 answer' }).waitFor();
  await visit.check(1);
  await page.getByLabel('Code').fill(recovery);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${demo.base}/staff/`);
  await visit.close();
});

const sizes = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 375, height: 800, colorScheme: 'dark' },
  { width: 320, height: 700, colorScheme: 'light' },
];

for (const size of sizes) {
  test(`every page at ${size.width}px, ${size.colorScheme}`, async () => {
    const visit = await visitor(browser, size);
    const { page } = visit;
    await signIn(visit, demo.base, 'tomas@northwind.example');
    await page.goto(`${demo.base}/staff/?view=answered`);
    const caseLink = await page.locator('td a.ref').first().getAttribute('href');
    const link = demo.letter(demo.letters().find((n) => n.includes('notice_to_customer-kim'))).match(/\/respond\/[0-9a-z]{52}/)[0];
    const open = [
      '/', '/notices/new', '/policy', '/transparency', '/api/v1/docs', link, '/staff/login', '/staff/', '/staff/?view=review', '/staff/?view=unanswered',
      '/staff/?view=flagged', '/staff/?q=bracken', '/staff/repeat-infringers', '/staff/repeat-infringers?view=downstream', '/staff/?view=counter', '/staff/senders', '/staff/senders?by=domain', '/staff/senders/2', '/staff/customers/3', '/staff/outbox', '/staff/letters/4', '/staff/account', '/staff/keys', '/staff/webhooks', `/staff/submissions/${letter}/read`,
      `/staff/bulk?do=extend&case=${caseLink.split('/').pop()}`, caseLink, `${caseLink}/answer`, `${caseLink}/extend`, `${caseLink}/close`, `${caseLink}/disable`,
    ];
    for (const path of open) {
      await page.goto(demo.base + path);
      await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
      await visit.check();
    }
    await page.goto(`${demo.base}/staff/?view=counter`);
    const running = await page.locator('td a.ref').first().getAttribute('href');
    await page.goto(demo.base + running);
    const notice = await page.locator('a.ref[href^="/staff/notices/"]').first().getAttribute('href');
    const action = await page.locator('a[href*="/court-action/"]').first().getAttribute('href');
    const status = await linkIn('counter_notice_copy-rights_at_holtfinch', /\/n\/[0-9a-z]{52}/);
    const counter = await linkIn('access_disabled-idris', /\/respond\/[0-9a-z]{52}/);
    const paths = [running, `${running}/restore`, `${running}/counter-notice`, action, notice, `${notice}/withdraw`, status, counter, `${counter}/counter-notice`];
    for (const path of paths) {
      await page.goto(demo.base + path);
      await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
      await visit.check();
    }
    await page.goto(`${demo.base}/respond/cut-off`);
    await visit.check(1);
    await visit.close();
  });
}
