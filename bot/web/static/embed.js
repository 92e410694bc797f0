// The page for frames tells the page around it how high its content is, so that nobody scrolls twice.
const bot = document.querySelector('familien-bot')

// Which pages may frame this one says its policy. The message goes to that page alone, or to none.
const around = location.ancestorOrigins?.[0] ?? (document.referrer && new URL(document.referrer).origin)
let told = 0

function tell() {
  const panel = bot.shadowRoot.querySelector('.panel')
  if (!panel) return
  const scroll = panel.querySelector('.scroll')
  const { paddingTop, paddingBottom } = getComputedStyle(scroll)
  const [first, last] = [scroll.firstElementChild, scroll.lastElementChild].map((one) => one.getBoundingClientRect())
  const content = last.bottom - first.top + parseFloat(paddingTop) + parseFloat(paddingBottom)
  const hidden = panel.scrollHeight - panel.clientHeight // in a low frame the whole panel is scrolled
  const height = Math.ceil(innerHeight + content - scroll.clientHeight + hidden)
  if (height === told) return
  told = height
  parent.postMessage({ type: 'familien-bot-height', height }, around)
}

if (parent !== window && bot.shadowRoot && around && around !== 'null') {
  const soon = () => requestAnimationFrame(tell)
  new MutationObserver(soon).observe(bot.shadowRoot, { childList: true, subtree: true })
  bot.shadowRoot.addEventListener('toggle', soon, { capture: true }) // sources that are opened
  addEventListener('resize', soon)
  soon()
}
