// The switches of the demo page: what is chosen becomes an attribute of the widget.
const bot = document.querySelector('familien-bot')

document.getElementById('switch').addEventListener('change', (event) => {
  bot.setAttribute(event.target.name, event.target.value)
})

for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', async () => {
    const code = document.getElementById(button.dataset.copy)
    const status = document.getElementById('copied')
    try {
      await navigator.clipboard.writeText(code.textContent)
      status.textContent = 'Kopiert.'
    } catch {
      getSelection().selectAllChildren(code)
      status.textContent = 'Die Zeile ist markiert. Kopieren Sie sie mit Strg und C.'
    }
  })
}
