// <familien-bot> 1.0.0, EUPL-1.2. How to embed it: web_widget/README.md
(() => {
'use strict'

const STYLE = `:host{display:block !important}
:host([hidden]){display:none !important}
.root{
height:100%;
--accent:var(--familien-bot-accent,var(--kern-color-action-default,light-dark(#154194,#9dbcf5)));
--on-accent:var(--familien-bot-on-accent,var(--kern-color-action-on-default,light-dark(#fff,#10131a)));
--surface:var(--familien-bot-surface,var(--kern-color-layout-background-default,light-dark(#fff,#171a20)));
--text:var(--familien-bot-text,var(--kern-color-layout-text-default,light-dark(#171a1f,#f0f2f5)));
--radius:var(--familien-bot-radius,var(--kern-metric-border-radius-default,4px));
--head:var(--familien-bot-accent,var(--kern-color-action-default,light-dark(#154194,#252d3b)));
--on-head:var(--familien-bot-on-accent,var(--kern-color-action-on-default,light-dark(#fff,#f0f2f5)));
--muted:color-mix(in srgb,var(--text) 78%,var(--surface));
--line:color-mix(in srgb,var(--text) 22%,var(--surface));
--edge:color-mix(in srgb,var(--text) 58%,var(--surface));
--tint:color-mix(in srgb,var(--accent) 9%,var(--surface));
--danger:light-dark(#b3131d,#ff9c9c);
--danger-tint:light-dark(#fdf0f0,#331a1c);
color:var(--text);
font:400 max(1rem,16px)/1.5 var(--familien-bot-font,var(--kern-typography-font-family-default,system-ui)),system-ui,sans-serif;
text-align:start;
text-transform:none;
white-space:normal;
visibility:visible;
}
[data-theme="light"]{color-scheme:light}
[data-theme="dark"]{color-scheme:dark}
*,::before,::after{box-sizing:border-box}
[hidden],dialog:not([open]){display:none !important}
.hidden-text{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
p,ul,ol,dl,dd,h2,h3,h4{margin:0;padding:0;overflow-wrap:anywhere}
h2,h3,h4,.strong{font-weight:600}
h2,h3,h4{font-size:1em;line-height:1.3}
.small{font-size:.875em;color:var(--muted)}
a{color:var(--accent);text-underline-offset:.15em}
a[target]:not(.call)::after{content:"\\00a0↗" / ""}
button,select,textarea,summary{font:inherit;letter-spacing:inherit;word-spacing:inherit;color:inherit}
button,summary,select{min-width:44px;min-height:44px;cursor:pointer}
:focus{outline:none}
:focus-visible{outline:3px solid var(--focus,var(--accent));outline-offset:2px}
.launcher,dialog{position:fixed;inset:auto var(--familien-bot-inset,24px) var(--familien-bot-inset-block,24px) auto;z-index:var(--familien-bot-z-index,1000)}
.launcher{display:flex;align-items:center;gap:.6em;min-height:56px;padding:0 1.4em 0 1.15em;border:2px solid var(--on-accent);border-radius:28px;background:var(--accent);color:var(--on-accent);font-weight:600;box-shadow:0 2px 12px rgb(0 0 0 / .3)}
[data-position="left"] :is(.launcher,dialog){right:auto;left:var(--familien-bot-inset,24px)}
.launcher:hover,.leave:hover,.call:hover,summary:hover,.menu li > :hover{text-decoration:underline}
svg{width:24px;height:24px;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.panel{display:flex;flex-direction:column;margin:0;padding:0;width:100%;color:var(--text);background:var(--surface);border:1px solid var(--edge);border-radius:var(--radius);overflow:hidden}
section.panel{height:var(--familien-bot-height,min(40em,90dvh))}
dialog[open]{width:min(var(--familien-bot-width,26em),100vw - 32px);height:min(var(--familien-bot-height,42em),100dvh - 48px);box-shadow:0 2px 12px rgb(0 0 0 / .3)}
.panel:modal{inset:0;width:100%;height:100%;max-width:none;max-height:none;border:0;border-radius:0}
header{--focus:var(--on-head);display:flex;align-items:center;padding:.5em .5em .5em 1.15em;color:var(--on-head);background:var(--head)}
header > div{flex:1;min-width:0}
header h2,.emergency h4{font-size:1.125em}
header p{font-size:.875em}
.icon{display:grid;place-items:center;padding:0;border:0;border-radius:var(--radius);background:none;list-style:none}
.icon::-webkit-details-marker{display:none}
header :focus-visible{outline-offset:-4px}
.menu{position:relative}
.menu > ul{--focus:var(--accent);position:absolute;z-index:1;inset-inline-end:0;top:100%;width:max-content;max-width:min(18em,80vw);padding:.4em 0;list-style:none;color:var(--text);background:var(--surface);border:1px solid var(--edge);border-radius:var(--radius)}
.menu li > *{display:flex;align-items:center;gap:.6em;width:100%;min-height:44px;padding:.3em 1.1em;border:0;background:none;color:inherit;text-align:start;text-decoration:none}
select{flex:1;min-width:0;padding:0 .4em;color:var(--text);background:var(--surface);border:1px solid var(--edge);border-radius:var(--radius)}
.exit{display:flex;flex-wrap:wrap;align-items:center;gap:.3em .8em;padding:.5em 1.15em;border-bottom:1px solid var(--line);background:var(--tint)}
.leave,.send{padding:.3em 1em;border:2px solid var(--accent);border-radius:var(--radius);background:var(--accent);color:var(--on-accent);font-weight:600}
.scroll{position:relative;flex:1;min-height:0;overflow:auto;overscroll-behavior:contain;padding:1.15em}
.scroll:focus-visible{outline-offset:-3px}
.intro h3{font-size:1.25em}
#about,.notice,.line{display:grid;gap:.2em}
#about{margin:.5em 0;color:var(--muted);font-size:.9375em}
.turn{margin-top:1.75em}
.question{width:fit-content;max-width:88%;margin-inline-start:auto;margin-bottom:1em;padding:.55em .9em;font-weight:400;white-space:pre-line;background:var(--tint);border:1px solid color-mix(in srgb,var(--accent) 30%,var(--surface));border-radius:var(--radius)}
.answer > :first-child,.status,.steps{display:grid;gap:.75em}
.answer > :first-child > *,.status > *{min-width:0}
.answer ul,.status ul{padding-inline-start:1.25em}
li + li{margin-top:.3em}
.links a{display:inline-block;padding-block:calc(22px - .75em)}
p.links a{display:block;width:fit-content}
.steps{list-style:none;counter-reset:step}
.steps > li{position:relative;padding-inline-start:2.6em;counter-increment:step;margin:0}
.steps > li::before{content:counter(step);position:absolute;inset-inline-start:0;top:-.1em;width:1.75em;line-height:calc(1.75em - 4px);border:2px solid var(--accent);border-radius:50%;text-align:center;font-weight:600;color:var(--accent)}
.card{display:grid;gap:.5em;padding:.9em 1em;border:1px solid var(--line);border-inline-start:4px solid var(--accent);border-radius:var(--radius)}
dl{display:grid;gap:.35em}
dl > div{display:grid;grid-template-columns:minmax(6.2em,1fr) 2.4fr;gap:0 .6em;align-items:baseline}
dt{color:var(--muted);font-size:.9375em}
.notice{padding:.65em 1em;border-inline-start:4px solid var(--edge);background:color-mix(in srgb,var(--text) 5%,var(--surface))}
.help,.danger,.emergency{border-inline-start:6px solid var(--danger);background:var(--danger-tint)}
.emergency{padding:1em;border-radius:var(--radius)}
.emergency h4{color:var(--danger)}
.call{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .7em;min-height:52px;padding:.55em .9em;color:var(--text);background:var(--surface);border:2px solid var(--accent);border-radius:var(--radius);text-decoration:none}
.emergency .call{border-color:var(--danger)}
.call strong{font-size:1.25em}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{padding:.4em .6em;border:1px solid var(--line);text-align:start;vertical-align:top;font-weight:400}
thead th{font-weight:600;background:var(--tint)}
.timeline{list-style:none;border-inline-start:3px solid var(--line)}
.timeline > li{padding:0 1.1em .9em}
.sources{margin-top:.75em;font-size:.875em;color:var(--muted)}
.sources a{padding-block:.25em}
.sources summary{display:flex;align-items:center;gap:.5em;list-style:none}
.sources summary::before{content:"+";width:.8em;color:var(--accent)}
.sources[open] summary::before{content:"–"}
.feedback{display:flex;flex-wrap:wrap;align-items:center;gap:.5em;padding:.5em 0;border-top:1px solid var(--line);font-size:.9375em}
.scroll button{padding:.45em .9em;border:1px solid var(--edge);border-radius:var(--radius);background:none;color:var(--accent);text-align:start}
.scroll button:hover{background:var(--tint);border-color:var(--accent)}
.scroll [aria-pressed="true"]{background:var(--accent);color:var(--on-accent)}
.suggestions{display:grid;gap:.4em;margin-top:.75em}
.suggestions ul{display:flex;flex-wrap:wrap;gap:.5em;padding:0;list-style:none}
.suggestions li,.menu li,.links li{margin:0}
.first ul,.choices ul{display:grid}
.first button,.choices button{width:100%}
.status:not(:empty){margin-top:1.25em}
.status button{justify-self:start}
form{padding:.7em 1.15em .9em;border-top:1px solid var(--line)}
form label{display:block;margin-bottom:.25em;font-size:.875em;font-weight:600}
.row{display:flex;align-items:flex-end;gap:.5em}
textarea{flex:1;min-width:0;min-height:48px;max-height:9em;padding:.6em .75em;resize:none;field-sizing:content;color:var(--text);background:var(--surface);border:1px solid var(--edge);border-radius:var(--radius)}
textarea:focus-visible{outline-offset:0}
textarea[aria-invalid]{border:2px solid var(--danger)}
.send{display:grid;place-items:center;width:48px;min-height:48px;padding:0}
.over{color:var(--danger)}
.paper{position:absolute;width:0;height:0;border:0}
@media (max-height:28rem){
.panel{display:block;overflow:auto}
.scroll{overflow:visible}
}
@media (forced-colors:active){
.launcher,.panel,.question,.notice,.leave,.send,header{border:2px solid}
[aria-pressed="true"]{outline:2px solid Highlight}
}
@media print{.launcher,dialog{display:none}}`

const GERMAN = {
__proto__: null,
launcher: "Frage stellen",
title: "Auskunft für Familien",
subtitle: "Automatischer Dienst, kein Mensch",
close: "Schließen",
menu: "Menü",
language: "Sprache",
reset: "Neu beginnen",
print: "Gespräch drucken",
copy: "Gespräch kopieren",
all_topics: "Alle Themen",
hello: "Was möchten Sie wissen?",
about_machine: "Hier antwortet ein automatischer Auskunftsdienst, kein Mensch.",
about_editors: "Die Antworten hat eine Redaktion geschrieben.",
about_data: "Ihre Fragen werden nicht gespeichert. Es gibt keine Cookies.",
about_lang: "",
first_questions: "Oft gefragt",
transcript: "Gespräch",
you: "Sie:",
label: "Ihre Frage",
send: "Senden",
left: "Noch {n} Zeichen",
over: "{n} Zeichen zu viel",
empty: "Bitte schreiben Sie zuerst Ihre Frage.",
too_long: "Ihre Frage ist zu lang. Bitte kürzen Sie sie auf 1000 Zeichen.",
searching: "Die Antwort wird gesucht …",
waiting: "Der Dienst ist gerade ausgelastet. Ihre Frage geht in {n} Sekunden noch einmal ab.",
offline: "Sie sind gerade ohne Internet.",
timeout: "Die Antwort dauert zu lange.",
unreachable: "Der Dienst ist gerade nicht erreichbar.",
broken: "Die Antwort kam nicht richtig an.",
server: "Der Dienst hat gerade eine Störung.",
busy: "Der Dienst ist gerade ausgelastet. Bitte versuchen Sie es in {n} Minuten noch einmal.",
too_large: "Das war zu viel auf einmal. Bitte kürzen Sie Ihre Frage.",
invalid: "Diese Frage konnte der Dienst nicht lesen. Bitte schreiben Sie sie anders.",
kept: "Ihre Frage steht noch im Feld.",
again: "Noch einmal senden",
restarted: "Das Gespräch beginnt hier neu.",
reach_us: "So erreichen Sie uns:",
leave: "Seite schnell verlassen",
wipe: "Gespräch sofort löschen",
leave_hint: "oder zweimal Esc",
wiped: "Es beginnt ein neues Gespräch.",
copied: "Das Gespräch ist kopiert.",
not_copied: "Kopieren geht hier nicht.",
nothing_yet: "Es gibt noch kein Gespräch.",
helpful: "War das hilfreich?",
yes: "Ja",
no: "Nein",
thanks: "Danke für Ihre Rückmeldung.",
not_sent: "Die Rückmeldung kam nicht an.",
read_on: "Weiterlesen",
ask_on: "Weiter fragen",
choose: "Bitte wählen Sie:",
source: "Quelle",
sources: "Quellen",
as_of: "Stand {d}",
checked: "geprüft am {d}",
new_tab: "(öffnet in neuem Tab)",
map: "Karte",
call: "Anrufen:",
notice: "Hinweis",
help: "Hilfe",
help_now: "Hilfe, die jetzt da ist",
phone: "Telefon",
email: "E-Mail",
url: "Internet",
address: "Anschrift",
hours: "Zeiten",
languages: "Sprachen",
when: "Wann",
age: "Alter",
place: "Ort",
cost: "Kosten",
registration: "Anmeldung",
accessible: "Barrierefreiheit",
services: "Dort gibt es",
operator: "Träger",
ask: "Bitte erfragen",
}

const TOWN = {
__proto__: null,
contact: {
__proto__: null,
name: "Zentrale der Stadt Herne",
phone: "02323 16-0",
url: "https://www.herne.de",
},
links: [{
__proto__: null,
label: "Familienportal der Stadt Herne",
url: "https://www.familienportal.herne.de",
}],
legal: [{
__proto__: null,
label: "Stadt Herne",
url: "https://www.herne.de",
}],
help: [{
__proto__: null,
name: "Notruf Rettungsdienst und Feuerwehr",
phone: "112",
purpose: "Bei Lebensgefahr",
}, {
__proto__: null,
name: "Notruf Polizei",
phone: "110",
purpose: "Bei Gefahr durch einen Menschen",
}],
questions: ["Kind in der Kita anmelden", "Was die Kita kostet", "Kein Kita-Platz oder eine Absage", "Tagesmutter oder Tagesvater finden"],
}

const SCRIPT = document.currentScript
const HOME = /^(.*?)\/widget\//.exec(SCRIPT?.src)?.[1] ?? new URL(SCRIPT?.src || location.href).origin
const parse = (text) => JSON.parse(text, (_, value) =>
	value && typeof value === 'object' && !Array.isArray(value) ? Object.assign(Object.create(null), value) : value)
const LAUNCHERS = {
	__proto__: null,
	de: GERMAN.launcher,
	en: 'Ask a question',
	tr: 'Soru sorun',
	ar: 'اطرح سؤالاً',
	uk: 'Поставити запитання',
	ru: 'Задать вопрос',
	pl: 'Zadaj pytanie',
	ro: 'Puneți o întrebare',
}
const direction = (tag) => (/^(ar|fa|he|ku-arab|ps|ur)\b/i.test(tag) ? 'rtl' : 'ltr')
const fill = (sentence, values) => sentence.replace(/\{(\w)\}/g, (_, name) => values[name])
function day(iso, tag) {
	const found = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(iso)
	if (!found) return iso
	const [, year, month, date] = found
	const options = { __proto__: null, timeZone: 'UTC', year: 'numeric', month: 'long', day: date && 'numeric' }
	return new Intl.DateTimeFormat(tag, options).format(Date.UTC(year, month - 1, date || 1))
}
function languageNames(codes, tag) {
	const names = new Intl.DisplayNames(tag, { __proto__: null, type: 'language' })
	return new Intl.ListFormat(tag).format(codes.map((code) => names.of(code)))
}


function make(tag, attributes, ...children) {
	const element = document.createElement(tag)
	for (const [name, value] of Object.entries(attributes ?? [])) {
		if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value)
	}
	element.append(...children.flat().filter(Boolean))
	return element
}
function button(label, action, attributes) {
	const element = make('button', { type: 'button', ...attributes }, label)
	element.addEventListener('click', action)
	return element
}
const strong = (...content) => make('p', { class: 'strong' }, ...content)
const small = (...content) => make('p', { class: 'small' }, ...content)
const items = (parts) => parts.map((part) => make('li', null, part))
const ICONS = {
	__proto__: null,
	chat: 'M4 4h16v12H9l-5 4z',
	close: 'M5 5l14 14M19 5L5 19',
	menu: 'M4 6h16M4 12h16M4 18h16',
	send: 'M12 20V4M5 11l7-7 7 7',
}
function icon(name) {
	const [svg, path] = ['svg', 'path'].map((tag) => document.createElementNS('http://www.w3.org/2000/svg', tag))
	svg.setAttribute('viewBox', '0 0 24 24')
	svg.setAttribute('aria-hidden', 'true')
	path.setAttribute('d', ICONS[name])
	svg.append(path)
	return svg
}
const text = (value) => (typeof value === 'string' ? value : typeof value === 'number' ? `${value}` : '')
const many = (value) => (Array.isArray(value) ? value.slice(0, 200) : [])
const texts = (value) => many(value).map(text).filter(Boolean)
const record = (value) => (value && typeof value === 'object' ? value : Object.create(null))
function webAddress(value) {
	try {
		const url = new URL(text(value))
		return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null
	} catch {
		return null
	}
}
function link(url, label, words) {
	const href = webAddress(url)
	const name = text(label) || text(url)
	if (!href) return name
	const hidden = make('span', { class: 'hidden-text' }, ` ${words.new_tab}`)
	return make('a', { href, target: '_blank', rel: 'noopener noreferrer' }, name, hidden)
}
const phoneLink = (value) => (/^\+?\d+([ \/-]+\d+)*$/.test(text(value).trim())
	? make('a', { href: `tel:${text(value).replace(/[^+\d]/g, '')}`, dir: 'ltr' }, text(value).trim())
	: text(value))
function linked(value, words) {
	const parts = []
	let end = 0
	for (const found of value.matchAll(/(?:https?:\/\/|\bwww\.)[^\s<>"„“]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g)) {
		const address = found[0].replace(/[.,;:!?)]+$/, '')
		const node = /^(https?:|www\.)/.test(address) ? link(address.replace(/^www/, 'https://www'), address, words)
			: make('a', { href: `mailto:${address}` }, address)
		parts.push(value.slice(end, found.index), node)
		end = found.index + address.length
	}
	return [...parts, value.slice(end)]
}
const paragraphs = (value, words) => value.split(/\n\s*\n/).filter((part) => part.trim()).map((part) =>
	make('p', null, part.trim().split('\n').flatMap((line, i) => [i ? make('br') : '', ...linked(line, words)])))


const rows = (pairs) => make('dl', null, pairs.filter(([, value]) => value && value.length !== 0).map(([name, value]) =>
	make('div', null, make('dt', null, name), make('dd', null, value))))
const target = (...content) => make('p', { class: 'links' }, ...content)
const ways = (data, words) => [
	[words.phone, data.phone && target(phoneLink(data.phone))],
	[words.email, data.email && target(linked(text(data.email), words))],
	[words.url, webAddress(data.url) && target(siteLink(data.url, words))],
]
const siteLink = (url, words) => link(url, new URL(url).hostname.replace(/^www\./, ''), words)
const mapLink = (address, words) =>
	target(link(`https://www.openstreetmap.org/search?query=${encodeURIComponent(address)}`, words.map, words))
function sourceLine(source, words, tag) {
	const dates = [source.date && fill(words.as_of, { d: day(text(source.date), tag) }),
		source.checked && fill(words.checked, { d: day(text(source.checked), tag) })]
	return [link(source.url, source.label, words), ...dates.filter(Boolean).map((part) => `, ${part}`)]
}
const RENDER = {
	__proto__: null,
	text: (block, words) => paragraphs(text(block.text), words),
	list: (block, words) => [
		block.title && strong(text(block.title)),
		make('ul', null, texts(block.items).map((item) => make('li', null, linked(item, words)))),
	],
	steps: (block, words) => make('ol', { class: 'steps' }, many(block.items).map(record).map((step) => make('li', null,
		make('p', null, linked(text(step.text), words)),
		step.deadline && strong(`${words.when}: ${text(step.deadline)}`),
		step.link && target(link(record(step.link).url, record(step.link).label, words))))),
	contact(block, words, tag) {
		const languages = texts(block.languages)
		if (block.purpose) return line(block, words, tag)
		const address = text(block.address)
		return make('div', { class: 'card', part: 'contact' },
			strong(text(block.name)),
			rows([
				...ways(block, words),
				[words.address, address && [address, mapLink(address, words)]],
				[words.hours, linked(text(block.hours), words).filter(Boolean)],
				[words.languages, languages.length && languageNames(languages, tag)],
			]))
	},
	offer(block, words, tag) {
		const languages = texts(block.languages)
		const address = text(block.address)
		const place = [block.place, address, block.district].map(text).filter(Boolean).join(', ')
		return make('div', { class: 'card', part: 'offer' },
			make('h4', null, text(block.name)),
			block.about && make('p', null, text(block.about)),
			rows([
				[words.when, text(block.when)],
				[words.age, text(block.age)],
				[words.place, place && [place, address && mapLink(address, words)].filter(Boolean)],
				[words.cost, text(block.cost)],
				[words.registration, linked(text(block.registration), words).filter(Boolean)],
				[words.hours, text(block.hours)],
				[words.languages, languages.length && languageNames(languages, tag)],
				[words.accessible, text(block.accessible)],
				[words.services, texts(block.services).join(', ')],
				[words.operator, text(block.operator)],
				...ways(block, words),
				[words.ask, text(block.ask_text)],
			]),
			block.source && small(`${words.source}: `, sourceLine(record(block.source), words, tag)))
	},
	table(block, words) {
		const head = many(block.head).map(text)
		const body = many(block.rows).map((row) => make('tr', null, many(row).map((cell, i) =>
			(i ? make('td', null, text(cell)) : make('th', { scope: 'row' }, text(cell))))))
		return make('div', { class: 'table', role: 'region', tabindex: 0, 'aria-label': head.join(', ') },
			make('table', null,
				make('thead', null, make('tr', null, head.map((cell) => make('th', { scope: 'col' }, cell)))),
				make('tbody', null, body)))
	},
	timeline: (block, words, tag) => make('ol', { class: 'timeline' }, many(block.items).map(record).map((item) => make('li', null,
		strong(text(item.when)),
		make('p', null, linked(text(item.text), words)),
		item.source && small(`${words.source}: `, sourceLine(record(item.source), words, tag))))),
	notice(block, words) {
		const level = ['help', 'danger'].includes(block.level) ? block.level : 'info'
		const own = text(block.lang)
		return make('div', { class: `notice ${level}`, part: 'notice', lang: own || null, dir: own ? direction(own) : null },
			!own && strong(level === 'info' ? words.notice : words.help),
			paragraphs(text(block.text), words))
	},
}
function line(data, words, tag) {
	const number = phoneLink(data.phone)
	const languages = texts(data.languages)
	const name = make('span', null, text(data.name))
	if (number instanceof Element) {
		number.className = 'call'
		number.removeAttribute('dir')
		const digits = make('strong', { dir: 'ltr' }, number.textContent)
		number.replaceChildren(make('span', { class: 'hidden-text' }, `${words.call} `), digits, ' ', name)
	}
	return make('div', { class: 'line', part: 'contact' },
		strong(text(data.purpose)),
		number instanceof Element ? number : strong(text(data.name), number && ` ${number}`),
		data.hours && small(linked(text(data.hours), words)),
		languages.length > 0 && small(`${words.languages}: ${languageNames(languages, tag)}`),
		webAddress(data.url) && target(siteLink(data.url, words)))
}
function renderBlock(item, words, tag) {
	const block = record(item)
	const show = RENDER[text(block.type)] ?? RENDER.text
	try {
		return [show(block, words, tag)].flat().filter(Boolean)
	} catch {
		return RENDER.text(block, words)
	}
}


const TIMEOUT_MS = 5000
const LONGEST_WAIT_S = 60
const FAILURES = { __proto__: null, 413: 'too_large', 422: 'invalid', 429: 'busy', 400: 'refused', 503: 'busy', 404: 'unreachable' }
class Failure extends Error {
	constructor(name, again = false, waitSeconds = 0) {
		super(name)
		Object.assign(this, { name, again, waitSeconds })
	}
}
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
async function request(url, signal, body) {
	if (!navigator.onLine) throw new Failure('offline')
	const limit = AbortSignal.timeout(TIMEOUT_MS)
	let response
	try {
		response = await fetch(url, {
			__proto__: null,
			signal: AbortSignal.any([signal, limit]),
			credentials: 'omit',
			referrerPolicy: 'no-referrer',
			...(body && { method: 'POST', headers: { __proto__: null, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
		})
		const content = await response.text()
		if (response.ok) return content ? parse(content) : null
	} catch (error) {
		signal.throwIfAborted()
		if (limit.aborted) throw new Failure('timeout', true)
		if (response) throw new Failure('broken', true)
		if (!navigator.onLine) throw new Failure('offline')
		console.warn(`familien-bot: no answer from ${url}. Does FAMILIENBOT_ORIGINS name ${location.origin}?`)
		throw new Failure('unreachable', true)
	}
	const { status } = response
	const waits = status === 429 || status === 503
	throw new Failure(FAILURES[status] ?? 'server', status >= 500, waits ? Number(response.headers.get('retry-after')) || 5 : 0)
}
async function insist(url, signal, body, onWait) {
	try {
		return await request(url, signal, body)
	} catch (failure) {
		if (!(failure instanceof Failure)) throw failure
		if (failure.waitSeconds) {
			if (failure.waitSeconds > LONGEST_WAIT_S) throw failure
			onWait(failure.waitSeconds)
			await pause(failure.waitSeconds * 1000)
			signal.throwIfAborted()
		} else if (!failure.again) throw failure
		return request(url, signal, body)
	}
}


const LEAST_CONTRAST = 4.5
function luminance(colour) {
	const canvas = make('canvas').getContext('2d')
	canvas.fillStyle = colour
	canvas.fillRect(0, 0, 1, 1)
	const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data
	return [[red, 0.2126], [green, 0.7152], [blue, 0.0722]]
		.reduce((sum, [value, share]) => sum + share * (value < 11 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4), 0.05)
}
function warnOfContrast(element) {
	const { color, backgroundColor } = getComputedStyle(element)
	const ratio = luminance(color) / luminance(backgroundColor)
	const contrast = Math.max(ratio, 1 / ratio)
	if (contrast < LEAST_CONTRAST) console.warn(`familien-bot: contrast of on-accent on accent: ${contrast.toFixed(1)}, needed: ${LEAST_CONTRAST}`)
}

const ATTRIBUTES = ['api', 'lang', 'theme', 'position', 'open', 'topic', 'mode', 'exit-url']
const CHOICES = { __proto__: null, theme: ['auto', 'light', 'dark'], position: ['right', 'left'], mode: ['bubble', 'inline'] }
const MAX_CHARS = 1000
const COUNT_FROM = 900
const SLOW_MS = 500
const TWICE_MS = 3000
const VIOLENCE = ['haeusliche-gewalt', 'kinderschutz']
const FULL_SCREEN = '(max-width: 30rem), (max-height: 28rem)'
const SHEET = new CSSStyleSheet()
SHEET.replaceSync(STYLE)
const length = (message) => [...message].length
const mainLanguage = (tag) => tag.toLowerCase().split('-')[0]
const tidy = (message) => message.normalize('NFC').trim()
class FamilienBotElement extends HTMLElement {
	static observedAttributes = ATTRIBUTES
	#connected = null
	#talk = null
	#root = make('div', { class: 'root' })
	#panel = null
	#parts = Object.create(null)
	#words = GERMAN
	#turns = []
	#draft = ''
	#state = null
	#busy = false
	#danger = false
	#lastEscape = -Infinity
	#byHand = false
	#started = false
	constructor() {
		super()
		const shadow = this.attachShadow({ __proto__: null, mode: 'open' })
		shadow.adoptedStyleSheets = [SHEET]
		shadow.append(this.#root)
	}
	connectedCallback() {
		this.#connected = new AbortController()
		this.#talk = new AbortController()
		const listen = { __proto__: null, capture: true, signal: this.#connected.signal }
		document.addEventListener('keydown', (event) => this.#onPageKey(event), listen)
		for (const name of ATTRIBUTES) this.#check(name)
		this.#rebuild()
		this.#tell('ready')
	}
	disconnectedCallback() {
		this.#connected.abort()
		this.#talk.abort()
		this.#busy = false
	}
	attributeChangedCallback(name, before, now) {
		if (!this.#connected || this.#connected.signal.aborted || before === now) return
		this.#check(name)
		if (name === 'open') this.#follow()
		else if (name === 'lang' || name === 'mode') this.#rebuild()
		else this.#dress()
	}
	get open() { return ['', 'true'].includes(this.getAttribute('open')) }
	set open(value) {
		if (value) this.setAttribute('open', '')
		else this.removeAttribute('open')
	}
	show() {
		this.#byHand = true
		if (this.open) this.#follow()
		else this.open = true
	}
	close() {
		this.open = false
	}
	reset() {
		this.#forget()
		this.#say(this.#words.wiped)
		this.#focusEntry()
	}
	leave() {
		const exit = webAddress(this.getAttribute('exit-url'))
		this.#forget()
		this.close()
		if (exit) location.replace(exit)
		else if (this.#inline) this.#focusEntry()
	}
	async ask(message) {
		const question = tidy(text(message))
		if (!this.#inline && !this.open) this.show()
		await this.#follow()
		const { input, send } = this.#parts
		if (!input || this.#busy) return
		if (!question || length(question) > MAX_CHARS) {
			input.ariaInvalid = 'true'
			this.#say(question ? this.#words.too_long : this.#words.empty)
			return
		}
		const { signal } = this.#talk
		this.#setBusy(true)
		this.#say()
		const slow = setTimeout(() => this.#say(this.#words.searching), SLOW_MS)
		try {
			const turn = await this.#answer(question, signal, () => clearTimeout(slow))
			clearTimeout(slow)
			this.#say()
			if (tidy(input.value) === question) input.value = ''
			this.#count()
			this.#turns.push(turn)
			this.#add(turn)
			this.#tell('reply')
		} catch (failure) {
			clearTimeout(slow)
			if (signal.aborted) return
			if (!input.value.trim()) input.value = question
			this.#count()
			this.#fail(failure instanceof Failure ? failure : new Failure('broken'), question)
			this.#tell('error')
		} finally {
			if (!signal.aborted) this.#setBusy(false)
		}
	}
	get #inline() { return this.#choice('mode') === 'inline' }
	#choice(name) {
		const value = this.getAttribute(name)
		return CHOICES[name].includes(value) ? value : CHOICES[name][0]
	}
	get #api() {
		return (webAddress(this.getAttribute('api')) ?? HOME).replace(/\/+$/, '')
	}
	get #tag() {
		return [this.getAttribute('lang') ?? '', document.documentElement.lang].map(mainLanguage).find((tag) => tag in LAUNCHERS) ?? 'de'
	}
	get #shown() { return this.#words === GERMAN ? 'de' : this.#tag }
	#check(name) {
		const value = this.getAttribute(name)
		if (value === null) return
		const [allowed, fine] = name in CHOICES ? [CHOICES[name].join(', '), CHOICES[name].includes(value)]
			: name === 'lang' ? [Object.keys(LAUNCHERS).join(', '), mainLanguage(value) in LAUNCHERS]
			: name === 'open' ? ['(empty), true, false', ['', 'true', 'false'].includes(value)]
			: name === 'topic' ? ['the id of a topic', /^[a-z0-9-]{1,64}$/.test(value)]
			: ['an address with https://', webAddress(value)]
		if (!fine) this.#warn(name, value, allowed)
	}
	#warn(name, value, allowed) {
		const taken = { __proto__: null, api: HOME, lang: this.#tag, open: 'false' }[name] ?? CHOICES[name]?.[0] ?? 'none'
		console.warn(`familien-bot: ${name}="${value}" cannot be used. Allowed: ${allowed}. Default taken: ${taken}`)
	}
	#tell(name) {
		this.dispatchEvent(new Event(`familien-bot-${name}`, { bubbles: true, composed: true }))
	}
	#rebuild() {
		this.#draft = this.#parts.input?.value ?? ''
		this.#panel = null
		this.#parts = Object.create(null)
		this.#words = this.#tag === 'de' ? GERMAN : null
		this.#root.replaceChildren()
		this.#dress()
		if (this.#inline) {
			this.#build().then(() => this.#byHand && this.#focusEntry())
			return
		}
		const tag = this.#tag
		const launcher = button([icon('chat'), LAUNCHERS[tag]], () => this.show(), {
			class: 'launcher', part: 'launcher', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', lang: tag, dir: direction(tag),
		})
		this.#parts.launcher = launcher
		this.#root.append(launcher)
		if (this.open) this.#follow()
	}
	#dress() {
		Object.assign(this.#root.dataset, {
			theme: this.#choice('theme'), position: this.#choice('position'),
		})
	}
	async #loadWords() {
		if (this.#words) return
		try {
			const found = await request(`${this.#api}/widget/v1/lang/${this.#tag}.json`, this.#connected.signal)
			this.#words = Object.assign(Object.create(null), GERMAN, found)
		} catch {
			this.#words = GERMAN
		}
	}
	async #build() {
		await this.#loadWords()
		if (this.#panel || !this.isConnected) return
		const words = this.#words
		const tag = this.#shown
		const parts = this.#parts
		parts.log = make('div', { role: 'log', part: 'log', 'aria-label': words.transcript, 'aria-live': 'polite', 'aria-relevant': 'additions' })
		parts.status = make('div', { role: 'status', part: 'status', class: 'status', id: 'status' })
		parts.scroll = make('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-labelledby': 'title' },
			this.#intro(words), parts.log, parts.status)
		parts.title = make('h2', { id: 'title' }, words.title)
		parts.menu = this.#menu(words)
		const close = button(icon('close'), () => this.close(), { class: 'icon', 'aria-label': words.close })
		const header = make('header', { part: 'header' },
			make('div', null, parts.title, make('p', null, words.subtitle)), parts.menu, !this.#inline && close)
		parts.exit = make('div', { class: 'exit', part: 'exit', hidden: !this.#danger },
			button(this.hasAttribute('exit-url') ? words.leave : words.wipe, () => this.leave(), { class: 'leave' }),
			make('span', { class: 'small' }, words.leave_hint))
		this.#panel = make(this.#inline ? 'section' : 'dialog', {
			class: 'panel', part: 'panel', lang: tag, dir: direction(tag), 'aria-labelledby': 'title', 'aria-describedby': this.#inline ? null : 'about',
		}, header, parts.exit, parts.scroll, this.#form(words))
		this.#panel.addEventListener('cancel', (event) => { event.preventDefault(); this.close() })
		this.#panel.addEventListener('keydown', (event) => this.#onKey(event))
		this.#root.append(this.#panel)
		for (const turn of this.#turns) this.#add(turn)
		warnOfContrast(header)
		this.#panel.addEventListener('focusin', () => this.#begin(), { __proto__: null, once: true })
	}
	#intro(words) {
		const questions = many(TOWN.questions).map((message) => this.#choiceButton({ label: message, message }))
		return make('section', { class: 'intro' },
			make('h3', null, words.hello),
			make('div', { id: 'about' }, [words.about_machine, words.about_editors, words.about_data, words.about_lang]
				.filter(Boolean).map((sentence) => make('p', null, sentence))),
			questions.length > 0 && make('div', { class: 'suggestions first' },
				small(words.first_questions), make('ul', null, items(questions))))
	}
	#menu(words) {
		const act = (label, action) => button(label, () => { menu.open = false; summary.focus(); action() })
		const select = make('select')
		select.addEventListener('change', () => {
			this.#byHand = true
			this.lang = select.value
		})
		const summary = make('summary', { class: 'icon', 'aria-label': words.menu }, icon('menu'))
		const menu = make('details', { class: 'menu' }, summary, make('ul', null, items([
			act(words.reset, () => this.reset()),
			act(words.copy, () => this.#copy()),
			act(words.print, () => this.#print()),
			link(`${this.#api}/themen`, words.all_topics, words),
			...many(TOWN.legal).map(({ url, label }) => link(url, label, words)),
			make('label', null, words.language, select),
		])))
		menu.addEventListener('toggle', () => select.append(...Object.keys(LAUNCHERS).map((tag) =>
			make('option', { value: tag, lang: tag, selected: tag === this.#tag }, languageNames([tag], tag)))), { __proto__: null, once: true })
		menu.addEventListener('focusout', (event) => {
			if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false
		})
		return menu
	}
	#form(words) {
		const parts = this.#parts
		parts.input = make('textarea', {
			id: 'entry', part: 'input', rows: 1, 'aria-describedby': 'count status', autocomplete: 'off', enterkeyhint: 'send', dir: 'auto',
		})
		parts.input.value = this.#draft
		parts.count = make('p', { id: 'count', class: 'small count' })
		parts.send = make('button', { class: 'send', part: 'send', 'aria-label': words.send }, icon('send'))
		const form = make('form', null,
			make('label', { for: 'entry', part: 'label' }, words.label), make('div', { class: 'row' }, parts.input, parts.send), parts.count)
		parts.input.addEventListener('input', () => { parts.input.ariaInvalid = null; this.#count() })
		parts.input.addEventListener('keydown', (event) => {
			if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
			event.preventDefault()
			this.ask(parts.input.value)
		})
		form.addEventListener('submit', (event) => {
			event.preventDefault()
			this.#focusEntry()
			this.ask(parts.input.value)
		})
		return form
	}
	#choiceButton(suggestion) {
		const { label, message } = record(suggestion)
		return button(text(label), () => { this.#focusEntry(); this.ask(message) }, { part: 'suggestion' })
	}
	async #follow() {
		if (this.#inline) return
		if (!this.open) {
			this.#hide()
			return
		}
		await this.#build()
		const byHand = this.#byHand
		const panel = this.#panel
		if (!panel || !this.open) return
		this.#byHand = false
		if (!panel.open) {
			const full = matchMedia(FULL_SCREEN).matches
			if (full && !byHand) {
				this.open = false
				return
			}
			if (full) panel.showModal()
			else panel.setAttribute('open', '')
			this.#parts.launcher.hidden = this.#parts.launcher.ariaExpanded = true
			this.#tell('open')
		}
		if (byHand) {
			this.#focusEntry()
			this.#begin()
		}
	}
	#hide() {
		const { launcher } = this.#parts
		if (!this.#panel?.open) return
		const inside = this.shadowRoot.activeElement
		this.#panel.close()
		launcher.hidden = launcher.ariaExpanded = false
		if (inside) launcher.focus()
		this.#tell('close')
	}
	#focusEntry() {
		const { input, scroll } = this.#parts
		const target = matchMedia('(pointer: coarse)').matches ? scroll : input
		target?.focus({ __proto__: null, preventScroll: true })
	}
	#say(...content) {
		const { status } = this.#parts
		status?.replaceChildren(...content.filter(Boolean))
		if (content.length) this.#reveal(status)
	}
	#reveal(node) {
		const top = (one) => one.getBoundingClientRect().top
		for (const box of [this.#parts.scroll, this.#panel]) box.scrollTop += top(node) - top(box) - 8
	}
	#setBusy(busy) {
		this.#busy = busy
		const { input, send } = this.#parts
		if (!input) return
		input.readOnly = busy
		send.ariaDisabled = busy
	}
	#count() {
		const { input, count } = this.#parts
		const left = MAX_CHARS - length(tidy(input.value))
		const sentence = left < 0 ? this.#words.over : left <= MAX_CHARS - COUNT_FROM ? this.#words.left : ''
		count.textContent = fill(sentence, { n: Math.abs(left) })
		count.classList.toggle('over', left < 0)
	}
	#add(turn) {
		const { log, exit } = this.#parts
		for (const old of log.querySelectorAll('.suggestions')) old.remove()
		const node = this.#render(turn)
		log.append(node)
		if (turn.violence) this.#danger = true
		exit.hidden = !this.#danger
		this.#reveal(node)
	}
	#render({ question, reply, restarted, violence }) {
		const words = this.#words
		const tag = this.#shown
		const lang = text(reply.lang) || 'de'
		const emergency = reply.kind === 'emergency' && !violence
		const suggestions = many(reply.suggestions).map((suggestion) => this.#choiceButton(suggestion))
		const links = many(reply.links).map(record).map(({ url, label }) => link(url, label, words)).filter(Boolean)
		const clarify = reply.kind === 'clarify'
		return make('article', { class: 'turn' },
			make('h3', { class: 'question', part: 'question', dir: 'auto' }, make('span', { class: 'hidden-text' }, `${words.you} `), question),
			make('div', { class: emergency ? 'answer emergency' : 'answer', part: 'answer' },
				make('div', { lang, dir: direction(lang) },
					restarted && small(words.restarted),
					emergency && make('h4', null, words.help_now),
					many(reply.blocks).flatMap((block) => renderBlock(block, words, tag)),
					links.length > 0 && [strong(words.read_on), make('ul', { class: 'links' }, items(links))]),
				this.#sources(reply, words, tag),
				['answer', 'offers'].includes(reply.kind) && this.#feedback(reply, words),
				suggestions.length > 0 && make('div', { class: clarify ? 'suggestions choices' : 'suggestions' },
					small(clarify ? words.choose : words.ask_on), make('ul', null, items(suggestions)))))
	}
	#sources(reply, words, tag) {
		const sources = many(reply.sources).map(record)
		if (!sources.length || reply.kind === 'smalltalk') return null
		const checked = sources.map((source) => text(source.checked)).filter(Boolean).sort()[0]
		const name = sources.length === 1 ? words.source : `${sources.length} ${words.sources}`
		return make('details', { class: 'sources', part: 'source' },
			make('summary', null, name, checked && `, ${fill(words.checked, { d: day(checked, tag) })}`),
			make('ul', null, items(sources.map((source) => sourceLine(source, words, tag)))))
	}
	#feedback(reply, words) {
		const buttons = [words.yes, words.no].map((label, i) => button(label, async () => {
			if (buttons.some((one) => one.ariaPressed === 'true')) return
			buttons[i].ariaPressed = 'true'
			const { signal } = this.#talk
			try {
				await request(`${this.#api}/api/v1/feedback`, signal, { state: reply.state, helpful: !i })
				this.#say(words.thanks)
			} catch {
				if (!signal.aborted) this.#say(words.not_sent)
			}
		}, { 'aria-pressed': 'false' }))
		return make('div', { class: 'feedback', role: 'group', 'aria-label': words.helpful }, make('span', null, words.helpful), buttons)
	}
	async #answer(question, signal, onWord) {
		const send = () => insist(`${this.#api}/api/v1/chat`, signal, {
			message: question,
			state: this.#state,
			lang: this.#tag === 'de' || !this.hasAttribute('lang') ? null : this.#tag,
		}, (seconds) => { onWord(); this.#say(fill(this.#words.waiting, { n: seconds })) })
		let restarted = false
		const reply = await send().catch((failure) => {
			if (failure.name !== 'refused' || this.#state === null) throw failure
			this.#state = null
			restarted = true
			return send()
		})
		if (signal.aborted) throw signal.reason
		if (!Array.isArray(record(reply).blocks)) throw new Failure('broken')
		this.#state = text(reply.state) || null
		return { question, reply, restarted, violence: many(reply.topics).some((topic) => VIOLENCE.includes(topic)) }
	}
	#fail(failure, question) {
		const words = this.#words
		const name = failure.name in words ? failure.name : 'invalid'
		const links = items(many(TOWN.links).map(({ url, label }) => link(url, label, words)))
		this.#say(
			strong(fill(words[name], { n: Math.ceil(failure.waitSeconds / 60) })),
			tidy(this.#parts.input.value) === question && make('p', null, words.kept),
			this.#choiceButton({ label: words.again, message: question }),
			...name === 'too_large' || name === 'invalid' ? [] : [
				TOWN.contact && make('p', null, words.reach_us),
				TOWN.contact && RENDER.contact(TOWN.contact, words, this.#tag),
				links.length > 0 && make('ul', { class: 'links' }, links),
				...TOWN.help.map((one) => RENDER.contact(one, words)),
			])
	}
	async #begin() {
		const topic = this.getAttribute('topic')
		if (!topic || this.#started || this.#turns.length) return
		this.#started = true
		try {
			const topics = many(await request(`${this.#api}/api/v1/topics`, this.#talk.signal)).map(record)
			const found = topics.find(({ id }) => id === topic)
			if (found) await this.ask(found.title)
			else this.#warn('topic', topic, topics.map(({ id }) => id).join(', '))
		} catch {
			this.#started = false
		}
	}
	#forget() {
		this.#talk.abort()
		this.#talk = new AbortController()
		this.#turns = []
		this.#state = null
		this.#danger = false
		this.#setBusy(false)
		const { input, log, exit } = this.#parts
		if (!input) return
		input.value = ''
		exit.hidden = true
		log.replaceChildren()
		this.#say()
		this.#count()
	}
	#onKey(event) {
		const { menu } = this.#parts
		if (event.key !== 'Escape' || event.defaultPrevented || (this.#inline && !menu.open)) return
		if (menu.open) menu.firstElementChild.focus()
		else this.close()
		menu.open = false
		event.preventDefault()
		event.stopPropagation()
	}
	#onPageKey(event) {
		if (event.key !== 'Escape' || !this.#danger) return
		if (event.timeStamp - this.#lastEscape < TWICE_MS) {
			event.preventDefault()
			event.stopPropagation()
			this.leave()
		}
		this.#lastEscape = event.timeStamp
		if (this.#panel?.open && this.open && !this.#inline) {
			event.preventDefault()
			this.close()
		}
	}
	#transcript() {
		return this.#turns.flatMap(({ question, reply }) => [
			`${this.#words.you} ${question}`,
			...many(reply.blocks).map((block) => text(record(block).text)),
			...many(reply.links).map(record).map(({ label, url }) => `${label}: ${url}`),
			...many(reply.sources).map(record).map(({ label }) => `${this.#words.source}: ${label}`),
		])
	}
	async #copy() {
		if (!this.#turns.length) return this.#say(this.#words.nothing_yet)
		try {
			await navigator.clipboard.writeText(this.#transcript().join('\n\n'))
			return this.#say(this.#words.copied)
		} catch {
			return this.#say(this.#words.not_copied)
		}
	}
	#print() {
		if (!this.#turns.length) {
			this.#say(this.#words.nothing_yet)
			return
		}
		const frame = make('iframe', { class: 'paper', title: this.#words.print })
		this.#root.append(frame)
		const { contentDocument: paper, contentWindow: view } = frame
		paper.body.style.font = '11pt/1.4 sans-serif'
		paper.body.append(...[this.#words.title, ...this.#transcript()].flatMap((part) => paragraphs(part, this.#words)))
		view.addEventListener('afterprint', () => frame.remove())
		view.print()
	}
}


function addElement(script) {
	if (document.querySelector('familien-bot')) return
	const element = document.createElement('familien-bot')
	for (const name of ATTRIBUTES) {
		const value = script.getAttribute(`data-${name}`)
		if (value !== null && !(name === 'lang' && value === 'auto')) element.setAttribute(name, value)
	}
	document.body.append(element)
}
if (!customElements.get('familien-bot')) customElements.define('familien-bot', FamilienBotElement)
if (SCRIPT) {
	if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => addElement(SCRIPT), { __proto__: null, once: true })
	else addElement(SCRIPT)
}
})()
