import { landingScript } from './landing-script.ts';
import { landingStyle } from './landing-style.ts';

/** The page at `/` in one piece, and the two inline parts that its content security policy names by hash. */
export interface LandingPage {
  readonly html: string;
  readonly script: string;
  readonly style: string;
}

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%230b5d52'/%3E%3Cpath d='M3 8h8M8 4.5 11.5 8 8 11.5' stroke='white' stroke-width='2' fill='none'/%3E%3C/svg%3E";

/** Search a product; see what goes well after it and what could stand in for it, side by side. */
export function landingPage(): LandingPage {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Oneway</title>
<link rel="icon" href="${icon}">
<style>${landingStyle}</style>
</head>
<body>
<a class="skip" href="#search">Skip to the search</a>
<header>
<h1>Oneway</h1>
<p>Related products in the right direction: given a phone the case, never given the case the phone.</p>
<nav aria-label="More"><a href="/docs">API</a><a id="report" href="/report" hidden>Quality report</a></nav>
</header>
<main>
<dl class="facts" id="facts" aria-label="The release being served"></dl>
<form id="form" class="search" role="search" autocomplete="off">
<label for="search">Find a product</label>
<input id="search" type="text" role="combobox" aria-expanded="false" aria-controls="options" aria-autocomplete="list" placeholder="Begin to type its title or id" maxlength="200" spellcheck="false">
<ul id="options" role="listbox" aria-label="Products" hidden></ul>
</form>
<p id="status" class="note" role="status" aria-live="polite"></p>
<div id="view"></div>
<noscript><p>This page needs JavaScript; the <a href="/docs">API</a> does not.</p></noscript>
</main>
<footer>Answers come from <code>GET /v1/products/:id/related</code> and <code>/similar</code>; hidden and sold-out products are in none.</footer>
<script>${landingScript}</script>
</body>
</html>
`;
  return { html, script: landingScript, style: landingStyle };
}
