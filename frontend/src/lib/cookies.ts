/** The CSRF cookie's value; empty if nobody is signed in here. Over HTTPS its name carries a prefix. */
export function csrfToken(cookies: string): string {
  const jar = new Map(cookies.split('; ').map(split))
  return jar.get('__Host-stowage_csrf') ?? jar.get('stowage_csrf') ?? ''
}

function split(cookie: string): [string, string] {
  const at = cookie.indexOf('=')
  return [cookie.slice(0, at), cookie.slice(at + 1)]
}
