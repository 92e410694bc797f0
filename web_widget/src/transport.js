// Asking the service: a limit of time, one more try, and a name for everything that can go wrong.

const TIMEOUT_MS = 5000
const LONGEST_WAIT_S = 60
const FAILURES = { __proto__: null, 413: 'too_large', 422: 'invalid', 429: 'busy', 400: 'refused', 503: 'busy', 404: 'unreachable' }

/** Why there is no answer. name: a key of the words, or `refused` for a state the service does not accept. waitSeconds: 0, or how long it asks us to wait. */
class Failure extends Error {
  constructor(name, again = false, waitSeconds = 0) {
    super(name)
    Object.assign(this, { name, again, waitSeconds })
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** The JSON at an address, as objects without a prototype. A body is sent as JSON; without one it is a GET. */
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

/** As `request`, with one more try where that can help. `onWait(seconds)` is called before it waits as it was told. */
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
