// One small function for each type of block of the API. Each takes the block, the words and their language.

/** Rows of a card, those without a value left out. */
const rows = (pairs) => make('dl', null, pairs.filter(([, value]) => value && value.length !== 0).map(([name, value]) =>
  make('div', null, make('dt', null, name), make('dd', null, value))))

/** Links on a line of their own, large enough to be hit. */
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
    const own = text(block.lang) // the first sentence in a parent's own language
    return make('div', { class: `notice ${level}`, part: 'notice', lang: own || null, dir: own ? direction(own) : null },
      !own && strong(level === 'info' ? words.notice : words.help),
      paragraphs(text(block.text), words))
  },
}

/** A line of help: what for and the number first, large enough to be hit in a hurry. */
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

/** The elements of a block; one of an unknown or broken type is its text. */
function renderBlock(item, words, tag) {
  const block = record(item)
  const show = RENDER[text(block.type)] ?? RENDER.text
  try {
    return [show(block, words, tag)].flat().filter(Boolean)
  } catch {
    return RENDER.text(block, words)
  }
}
