// Where the script came from is where the service is. A module has no currentScript: then the page itself.
const SCRIPT = document.currentScript
const HOME = /^(.*?)\/widget\//.exec(SCRIPT?.src)?.[1] ?? new URL(SCRIPT?.src || location.href).origin

// The words of the interface, and how days and languages are called in them.

/** JSON as objects without a prototype: what a page adds to Object.prototype never looks like a field. */
const parse = (text) => JSON.parse(text, (_, value) =>
  value && typeof value === 'object' && !Array.isArray(value) ? Object.assign(Object.create(null), value) : value)

// Put before all modules: STYLE, GERMAN (the words) and TOWN (contact, links, lines of help, first questions: what is
// shown when nothing answers).

/** Interface languages, each with its launcher: it is read before anything may be requested. */
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

/** The sentence with `{name}` filled in. */
const fill = (sentence, values) => sentence.replace(/\{(\w)\}/g, (_, name) => values[name])

/** „22. November 2026“ or „November 2026“ in this language; what is no date stays as it is. */
function day(iso, tag) {
  const found = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(iso)
  if (!found) return iso
  const [, year, month, date] = found
  const options = { __proto__: null, timeZone: 'UTC', year: 'numeric', month: 'long', day: date && 'numeric' }
  return new Intl.DateTimeFormat(tag, options).format(Date.UTC(year, month - 1, date || 1))
}

/** „Deutsch und Türkisch“ for de and tr. */
function languageNames(codes, tag) {
  const names = new Intl.DisplayNames(tag, { __proto__: null, type: 'language' })
  return new Intl.ListFormat(tag).format(codes.map((code) => names.of(code)))
}
