const ATTRIBUTES = ['api', 'lang', 'theme', 'position', 'open', 'topic', 'mode', 'exit-url']
const CHOICES = { __proto__: null, theme: ['auto', 'light', 'dark'], position: ['right', 'left'], mode: ['bubble', 'inline'] }
const MAX_CHARS = 1000
const COUNT_FROM = 900
const SLOW_MS = 500 // so long nothing is said: most answers are there before
const TWICE_MS = 3000
const VIOLENCE = ['haeusliche-gewalt', 'kinderschutz'] // replies that someone in the room must not see
const FULL_SCREEN = '(max-width: 30rem), (max-height: 28rem)'

const SHEET = new CSSStyleSheet()
SHEET.replaceSync(STYLE)

const length = (message) => [...message].length
const mainLanguage = (tag) => tag.toLowerCase().split('-')[0]
const tidy = (message) => message.normalize('NFC').trim()

/**
 * The conversation as a button in the corner or as a part of the page.
 *
 * @attr {url} api            address of the service; without it, where the script came from
 * @attr {de|en|tr|ar|uk|ru|pl|ro} lang  language of the interface; without it that of the page, else German
 * @attr {auto|light|dark} theme         auto follows the page's color-scheme
 * @attr {right|left} position           corner of the button
 * @attr {boolean} open       present while the panel is shown
 * @attr {string} topic       id of the topic that it opens with
 * @attr {bubble|inline} mode inline: a part of the page, without a button
 * @attr {url} exit-url       where the quick exit leads to
 *
 * @fires familien-bot-ready  it can be used
 * @fires familien-bot-open   the panel is shown
 * @fires familien-bot-close  the panel is hidden
 * @fires familien-bot-reply  an answer is there; carries nothing: no page statistics learn what about
 * @fires familien-bot-error  there was no answer
 *
 * @method show()             opens the panel
 * @method close()            closes it; the conversation stays
 * @method ask(message)       asks as if it had been typed; a promise that is kept when the answer is there
 * @method reset()            forgets the conversation
 * @method leave()            the quick exit
 *
 * @csspart launcher panel header exit log question answer notice contact offer source suggestion label input send status
 *
 * @cssprop --familien-bot-accent      buttons, links, header
 * @cssprop --familien-bot-on-accent   text on them
 * @cssprop --familien-bot-surface     background
 * @cssprop --familien-bot-text        text
 * @cssprop --familien-bot-radius      corners
 * @cssprop --familien-bot-font        font family
 * @cssprop --familien-bot-width       width of the panel
 * @cssprop --familien-bot-height      height of the panel
 * @cssprop --familien-bot-inset       distance from the window's sides
 * @cssprop --familien-bot-inset-block distance from the window's bottom
 * @cssprop --familien-bot-z-index     layer
 */
class FamilienBotElement extends HTMLElement {
  static observedAttributes = ATTRIBUTES

  #connected = null // aborted on removal: listeners on the page, requests
  #talk = null // aborted when a conversation ends
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
  #byHand = false // someone asked for the panel: the focus may move to it
  #started = false // the topic was asked for

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

  // what the attributes say

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

  /** The language that is shown: German where the other one did not come. */
  get #shown() { return this.#words === GERMAN ? 'de' : this.#tag }

  /** Warns of a value that cannot be used: which attribute, what it may be, what is taken instead. */
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

  // building

  /** Makes everything anew from the attributes and the conversation so far. */
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
    menu.addEventListener('toggle', () => select.append(...Object.keys(LAUNCHERS).map((tag) => // names take a while
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

  // showing

  /** Shows or hides the panel, as the attribute says. The focus moves only where someone wanted it open just now. */
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
        this.open = false // a page must not begin under a dialog that covers it
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

  /** To where one types; where that would bring up a keyboard over half of the screen, to the conversation. */
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

  /** Scrolls to where it begins, and nothing of the page: in a low window it is the whole panel that is scrolled. */
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

  /** One node for each question with its reply, so that it is announced once. */
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

  // asking

  /** The question with its reply. onWord() is called as soon as something else is said than that it is searched. */
  async #answer(question, signal, onWord) {
    const send = () => insist(`${this.#api}/api/v1/chat`, signal, {
      message: question,
      state: this.#state,
      lang: this.#tag === 'de' || !this.hasAttribute('lang') ? null : this.#tag,
    }, (seconds) => { onWord(); this.#say(fill(this.#words.waiting, { n: seconds })) })
    let restarted = false
    const reply = await send().catch((failure) => {
      if (failure.name !== 'refused' || this.#state === null) throw failure
      this.#state = null // a state that the service does not accept is of no use
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

  /** Asks for the topic of the attribute, by its title: no address names it. */
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
      this.#started = false // tried again when it is opened next
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

  // keys, focus, paper

  #onKey(event) {
    const { menu } = this.#parts
    if (event.key !== 'Escape' || event.defaultPrevented || (this.#inline && !menu.open)) return
    if (menu.open) menu.firstElementChild.focus()
    else this.close()
    menu.open = false
    event.preventDefault()
    event.stopPropagation()
  }

  /** Escape twice is the quick exit, wherever the focus is; the first one closes the panel as always. */
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

  /** The conversation as lines of text. */
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

  /** Prints the conversation alone, from a frame that is gone afterwards: the page's own styles stay untouched. */
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
