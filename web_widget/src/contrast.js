// A page's own colours may be unreadable: its authors learn it on the console.

const LEAST_CONTRAST = 4.5

/** Relative luminance of a colour in any notation, WCAG 2.2. */
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
