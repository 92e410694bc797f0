// Defines the tag. A page without one gets one: `data-` attributes of the script tag become its attributes.

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
