// Une réponse commencée survit à une page perdue : réseau coupé, retour en arrière, rechargement.
// Gardée dans cet onglet seulement, jamais si le serveur a reçu autre chose depuis.
for(const f of document.querySelectorAll("form[data-draft]")){
  const k="brouillon:"+f.dataset.draft,a=()=>JSON.stringify([...new FormData(f)].filter(([n,v])=>f.elements[n]?.type!=="hidden"&&typeof v==="string")),b=a(),s=JSON.parse(sessionStorage.getItem(k)||"null");
  if(s&&s.b===b){const d=JSON.parse(s.d);for(const e of f.elements){if(!e.name||e.type==="hidden"||e.type==="submit")continue;const v=d.filter(([n])=>n===e.name).map(([,w])=>w);if(e.type==="radio"||e.type==="checkbox")e.checked=v.includes(e.value);else e.value=v[0]??""}}else sessionStorage.removeItem(k);
  f.addEventListener("input",()=>sessionStorage.setItem(k,JSON.stringify({b,d:a()})));
}
