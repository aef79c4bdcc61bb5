// Glisser, en plus des boutons « Monter » et « Descendre » : le même envoi, répété d’un coup. Les
// voisins passent par-dessus l’élément tenu, qui reste en place sous le doigt.
const envoi=document.getElementById("gestes"),boutons=[...document.querySelectorAll('button[form=gestes][formaction$="/monter/"]')];
if(envoi&&boutons.length){
  const dit=Object.assign(document.createElement("p"),{className:"vh"});dit.setAttribute("role","status");envoi.after(dit);
  const rangs=new Map(boutons.map(b=>[b.closest("li"),b]));
  for(const [li,haut] of rangs){
    const prise=Object.assign(document.createElement("span"),{className:"mini grip",title:"Glisser pour déplacer"});
    const freres=()=>[...li.parentNode.children].filter(l=>rangs.has(l)),bas=haut.nextElementSibling,nom=haut.getAttribute("aria-label").replace(/^[^:]*:\s*/,"");
    prise.setAttribute("aria-hidden","true");haut.before(prise);
    let depart=-1,avant;
    const bouger=e=>{
      if(e.clientY<70)scrollBy(0,-14);else if(e.clientY>innerHeight-70)scrollBy(0,14);
      for(const autre of freres()){if(autre===li)continue;
        const r=autre.getBoundingClientRect(),dessus=li.compareDocumentPosition(autre)&Node.DOCUMENT_POSITION_PRECEDING,seuil=r.top+r.height/2;
        if(dessus&&e.clientY<seuil)li.after(autre);else if(!dessus&&e.clientY>seuil)li.before(autre)}
      const ici=`${nom} : rang ${freres().indexOf(li)+1} sur ${freres().length}`;if(dit.textContent!==ici)dit.textContent=ici};
    const finir=annule=>{
      for(const [n,f] of ecoutes)document.removeEventListener(n,f);li.classList.remove("held");
      const pas=freres().indexOf(li)-depart;
      if(annule||!pas){for(const l of avant)l.parentNode.append(l);const reste=[...li.parentNode.children].filter(l=>!rangs.has(l));li.parentNode.append(...reste);if(annule)dit.textContent=`${nom} : rien n’est déplacé`;return}
      const fois=Object.assign(document.createElement("input"),{type:"hidden",name:"fois",value:Math.abs(pas)});envoi.append(fois);
      // Retiré sitôt parti : après un retour en arrière, « Monter » monte d’un seul rang.
      (pas>0?bas:haut).disabled=false;envoi.requestSubmit(pas>0?bas:haut);fois.remove()};
    const ecoutes=[["pointermove",bouger],["pointerup",()=>finir(false)],["pointercancel",()=>finir(true)],["keydown",e=>e.key==="Escape"&&finir(true)]];
    prise.addEventListener("pointerdown",e=>{if(e.button)return;e.preventDefault();avant=freres();depart=avant.indexOf(li);li.classList.add("held");for(const [n,f] of ecoutes)document.addEventListener(n,f)});
  }
}
