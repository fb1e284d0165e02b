#include "net/docs_page.hpp"

#include "net/landing_page.hpp"

#include <string_view>

namespace callboard::net {
namespace {

constexpr std::string_view style = R"css(
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
a{color:#0b57d0}code,pre{background:#f1f3f4;border-radius:3px;font-family:ui-monospace,monospace;font-size:.875rem}
code{padding:.1em .3em}pre{padding:.75rem;overflow:auto}
input{font:inherit;width:100%;box-sizing:border-box;padding:.4rem .6rem;border:1px solid #888;border-radius:4px;
color:inherit;background:inherit}
h2{margin:2rem 0 .5rem;text-transform:capitalize}details{border-top:1px solid #ddd}
summary{cursor:pointer;padding:.4rem 0;display:flex;gap:.75rem;align-items:baseline;flex-wrap:wrap}
summary b{min-width:4.5rem;font-family:ui-monospace,monospace}summary span{color:#666}
.inside{padding:0 0 1rem 5.25rem}table{border-collapse:collapse;width:100%}
td{padding:.2rem .75rem .2rem 0;vertical-align:top;border-top:1px solid #eee}
@media(max-width:40rem){.inside{padding-left:0}}
@media(prefers-color-scheme:dark){body{color:#e8eaed;background:#202124}a{color:#8ab4f8}code,pre{background:#303134}
details,td{border-color:#444}summary span{color:#9aa0a6}}
)css";

constexpr std::string_view script = R"js(
'use strict';
const make = (tag, text, ...children) => {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  node.append(...children);
  return node;
};
const nameOf = schema => schema.$ref ? schema.$ref.split('/').pop() : '';
const typeOf = schema => nameOf(schema) || [].concat(schema.type || (schema.enum ? schema.enum.join(' | ') : 'any')).join(' | ');
const schemaLink = schema => {
  const name = nameOf(schema);
  if (!name) return make('code', typeOf(schema));
  const link = make('a', name);
  link.href = '#schema-' + name;
  return link;
};
const table = rows => {
  const out = make('table');
  for (const cells of rows) {
    const row = out.insertRow();
    for (const cell of cells) row.insertCell().append(cell);
  }
  return out;
};
const contentOf = part => Object.entries(part.content || {}).flatMap(
  ([type, media]) => [make('code', type), ' ', schemaLink(media.schema || {}), ' ']);
const operation = (path, method, op) => {
  const inside = make('div');
  inside.className = 'inside';
  const security = (op.security || []).flatMap(s => s.bearer || []);
  if ((op.security || []).length)
    inside.append(make('p', 'Needs an access token' + (security.length ? ' with ' + security.join(', ') : '') + '.'));
  if ((op.parameters || []).length)
    inside.append(make('h4', 'Parameters'), table(op.parameters.map(
      p => [make('code', p.name), p.in + (p.required ? ', required' : ''), make('code', typeOf(p.schema || {}))])));
  if (op.requestBody) inside.append(make('h4', 'Body'), make('p', '', ...contentOf(op.requestBody)));
  inside.append(make('h4', 'Answers'), table(Object.entries(op.responses).map(
    ([code, answer]) => [make('b', code), answer.description, make('span', '', ...contentOf(answer))])));
  const box = make('details', '', make('summary', '', make('b', method.toUpperCase()), make('code', path),
    make('span', op.summary)), inside);
  box.id = op.operationId;
  box.dataset.find = (method + ' ' + path + ' ' + op.summary + ' ' + op.operationId).toLowerCase();
  return box;
};
const show = doc => {
  const main = document.querySelector('main'), groups = new Map();
  for (const [path, methods] of Object.entries(doc.paths))
    for (const [method, op] of Object.entries(methods)) {
      const tag = (op.tags || ['other'])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operation(path, method, op));
    }
  main.replaceChildren();
  for (const [tag, boxes] of groups) main.append(make('section', '', make('h2', tag), ...boxes));
  const schemas = make('section', '', make('h2', 'Schemas'));
  for (const [name, schema] of Object.entries(doc.components.schemas)) {
    const box = make('details', '', make('summary', '', make('code', name)), make('pre', JSON.stringify(schema, null, 2)));
    box.id = 'schema-' + name;
    box.dataset.find = name.toLowerCase();
    schemas.append(box);
  }
  main.append(schemas);
  document.querySelector('#version').textContent = doc.info.version;
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) { target.open = true; target.scrollIntoView(); }
  };
  addEventListener('hashchange', reveal);
  reveal();
};
const search = document.querySelector('input');
search.addEventListener('input', () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll('main section')) {
    let any = false;
    for (const box of section.querySelectorAll('details')) {
      box.hidden = !words.every(word => box.dataset.find.includes(word));
      any = any || !box.hidden;
    }
    section.hidden = !any;
  }
});
fetch('/v1/openapi.json').then(answer => {
  if (!answer.ok) throw new Error('status ' + answer.status);
  return answer.json();
}).then(show).catch(error => {
  document.querySelector('main').textContent = 'The description could not be read (' + error.message + '). Reload the page.';
});
)js";

std::string page() {
  std::string out =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Callboard API</title><style>";
  out.append(style);
  out +=
    "</style></head><body><h1>Callboard API <small id=\"version\"></small></h1>"
    "<p>Every address, from <a href=\"/v1/openapi.json\">/v1/openapi.json</a>. The frames of the WebSocket "
    "<code>/v1/ws</code> are in <a href=\"/v1/asyncapi.json\">/v1/asyncapi.json</a>.</p>"
    "<p><input type=\"search\" placeholder=\"Find an address\" aria-label=\"Find an address\"></p>"
    "<main>Reading the description\xE2\x80\xA6<noscript> This page needs its script; the description is in "
    "/v1/openapi.json.</noscript></main><script>";
  out.append(script);
  return out + "</script></body></html>\n";
}

}  // namespace

shared_text docs_page() {
  static const auto text = share(page());
  return text;
}

std::string docs_page_policy() {
  static const std::string policy =
    "default-src 'none'; style-src " + policy_hash(style) + "; script-src " + policy_hash(script) +
    "; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return policy;
}

}  // namespace callboard::net
