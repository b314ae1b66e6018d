// Writes sheetjs.xlsb, which test_xlsb.py reads: npm install xlsx@0.18.5 && node sheetjs.js
const sheets = require('xlsx');
const cells = sheets.utils.aoa_to_sheet([
  ["Navn", "Mail", "Beløb", "Andel", "Dato", "Aktiv"],
  ["Anna Æble", "anna@nordlys.example.com", 1234.5, 17, new Date(Date.UTC(2024, 0, 31)), true],
  [null, "bo@nordlys.example.com", -3, 0.1, null, false],
], {cellDates: true});
cells.C5 = {t: 'n', f: 'SUM(C2:C3)', v: 1231.5};
cells.H5 = {t: 's', v: "langt ude"};
cells['!ref'] = 'A1:H5';
const hidden = sheets.utils.aoa_to_sheet([["skjult", "cilla@nordlys.example.com"]]);
const book = sheets.utils.book_new();
sheets.utils.book_append_sheet(book, cells, "Ark æ");
sheets.utils.book_append_sheet(book, hidden, "Skjult");
book.Workbook = {Sheets: [{Hidden: 0}, {Hidden: 2}]};
book.Props = {Title: "Løn", Author: "Test"};
sheets.writeFile(book, "sheetjs.xlsb", {bookType: "xlsb", compression: true});
sheets.writeFile(book, "sheetjs-shared.xlsb", {bookType: "xlsb", compression: true, bookSST: true});
