import { html, type Markup, trusted } from './html.ts';
import { style } from './style.ts';

/** A self-contained page: no script, no request. The same parts give the same bytes. */
export function page(title: string, header: Markup, main: Markup): string {
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${header}
<main>
${main}</main>
<footer>Written by Oneway. This page loads nothing and runs nothing.</footer>
</body>
</html>
`;
  return whole.toString();
}
