// Elements without markup: texts become text nodes, addresses are checked before they are links.

/** An element; attributes that are null, undefined or false are left out, children that are empty too. */
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

// What a reply holds is a stranger's until it has the shape that is expected.
const text = (value) => (typeof value === 'string' ? value : typeof value === 'number' ? `${value}` : '')
const many = (value) => (Array.isArray(value) ? value.slice(0, 200) : [])
const texts = (value) => many(value).map(text).filter(Boolean)
const record = (value) => (value && typeof value === 'object' ? value : Object.create(null))

/** The address when it is one of the web, else null. */
function webAddress(value) {
  try {
    const url = new URL(text(value))
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null
  } catch {
    return null
  }
}

/** A link to another site. It opens in a new tab, so that the conversation stays; the label alone where it may be none. */
function link(url, label, words) {
  const href = webAddress(url)
  const name = text(label) || text(url)
  if (!href) return name
  const hidden = make('span', { class: 'hidden-text' }, ` ${words.new_tab}`)
  return make('a', { href, target: '_blank', rel: 'noopener noreferrer' }, name, hidden)
}

/** A number to tap; „112 oder 110“ is no single number and stays text. */
const phoneLink = (value) => (/^\+?\d+([ \/-]+\d+)*$/.test(text(value).trim())
  ? make('a', { href: `tel:${text(value).replace(/[^+\d]/g, '')}`, dir: 'ltr' }, text(value).trim())
  : text(value))

/** The text with the addresses in it as links. */
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

/** The paragraphs of a text. */
const paragraphs = (value, words) => value.split(/\n\s*\n/).filter((part) => part.trim()).map((part) =>
  make('p', null, part.trim().split('\n').flatMap((line, i) => [i ? make('br') : '', ...linked(line, words)])))
