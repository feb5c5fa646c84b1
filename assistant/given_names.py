"""Given names that are frequent somewhere, for masking: a text that holds one is likely to name a person.

Names that are words as well ("Bill", "Mark", "Grant", "May", "Will") are left out: more would be lost than hidden.
"""

from __future__ import annotations

_NAMES = """
Aaron Abdul Abdullah Abigail Adam Aditya Adrian Agnes Ahmad Ahmed Aisha Akira Alan Albert Alejandro Alessandro Alex
Alexander Alexandra Alexis Alfred Ali Alice Alicia Alison Amanda Amelia Amina Amir Amit Amy Ana Anders Andrea Andreas
Andrew Andy Angela Anita Ann Anna Anne Annika Anthony Antonio Anton Anya Arjun Arthur Ashley Astrid Barbara Beatrice
Beatriz Ben Benjamin Bernard Bernd Beth Bjorn Brandon Brenda Brian Bruno Bryan Callum Camille Carla Carlos Carmen
Caroline Carolyn Catherine Cathy Cecilia Charles Charlie Charlotte Cheryl Chiara Chloe Chris Christina Christine
Christopher Claire Clara Claudia Colin Connor Craig Cynthia Daniel Daniela Danielle David Deborah Deepak Denise Dennis
Derek Diana Diane Diego Dieter Dimitri Dmitri Dominic Donald Donna Dorothy Douglas Duncan Edith Eduardo Edward Eileen
Elaine Elena Eleanor Elias Elisabeth Elizabeth Ella Ellen Emily Emma Emmanuel Eric Erik Erika Erin Esther Ethan Eugene
Eva Evelyn Fatima Felix Fernando Fiona Florian Frances Francesca Francesco Francis Francois Frederik Freya Friedrich
Fritz Gabriel Gabriela Gareth Gary Gavin Geoffrey George Georgia Gerald Gerard Giovanni Giulia Gloria Gordon Graham
Greg Gregory Greta Guillermo Gunther Hannah Hans Harold Harriet Harry Hassan Heather Heidi Heinz Helen Helena Helmut
Henrik Henry Herbert Hiroshi Howard Hugo Ian Ibrahim Igor Imran Ines Ingrid Irene Isaac Isabel Isabella Ivan Jacob
Jacqueline Jacques James Jamie Jan Jane Janet Janice Jasmine Jason Javier Jeffrey Jennifer Jenny Jeremy Jerry Jesse
Jessica Jill Jim Joan Joanna Joao Joel Johan Johannes John Jonas Jonathan Jorge Jose Joseph Joshua Juan Judith Judy
Julia Julian Julie Juliet Julien Jurgen Justin Karen Karin Karl Karolina Kate Katharina Katherine Kathleen Kathryn
Kathy Katie Katrin Keith Kelly Kenneth Kerry Kevin Khalid Kieran Kimberly Klaus Kristen Kristina Kumar Kyle Lakshmi
Lara Lars Laura Lauren Laurence Leah Leila Leo Leon Leonardo Lewis Liam Lily Linda Lisa Lorenzo Louis Louise Luca
Lucas Lucia Lucy Luis Lukas Luke Lydia Magdalena Malcolm Manuel Marcel Marco Marcus Margaret Maria Marie Marina Mario
Marion Marta Martha Martin Martina Mary Mateusz Matteo Matthew Matthias Maureen Megan Mei Melanie Melissa Michael
Michaela Michelle Miguel Mikhail Miriam Mohamed Mohammad Mohammed Molly Monica Monika Muhammad Nadia Nancy Naomi
Natalia Natalie Natasha Nathan Neil Neha Nicholas Nick Nicola Nicolas Nicole Nigel Niklas Nina Nisha Noah Nora Norman
Olga Oliver Olivia Omar Oscar Otto Pablo Pamela Paolo Patricia Patrick Paul Paula Pauline Pedro Peter Petra Philip
Philippe Phoebe Pierre Piotr Pooja Priya Rachel Rafael Rahul Raj Rajesh Ralf Ralph Ramesh Ravi Raymond Rebecca Renate
Ricardo Richard Rita Robert Roberta Roberto Robin Rodrigo Roger Roland Ronald Rory Ross Ruth Ryan Sabine Salim Sam
Samantha Samir Samuel Sandra Sanjay Sara Sarah Sean Sebastian Sergei Sergio Shannon Sharon Shaun Sheila Shirley Shreya
Sigrid Silvia Simon Siobhan Sofia Sonia Sophia Sophie Stefan Stefanie Stella Stephanie Stephen Steve Steven Stuart
Sunil Susan Susanne Suzanne Svetlana Sven Sylvia Takeshi Tamara Tanya Tara Teresa Theresa Thomas Tim Timothy Tina Tobias
Tom Tomasz Tony Tracy Trevor Ulrike Ursula Uwe Valentina Valerie Vanessa Veronica Vikram Vincent Viktor Virginia
Vladimir Walter Wayne Wendy Werner William Wolfgang Xavier Yasmin Yolanda Yuki Yusuf Yvonne Zachary Zainab Zoe
André Åsa Björn Chloé Élodie Elodie François Françoise Günter Günther Hélène Inés Jérôme João Jörg José Jürgen Łukasz
Lucía María Michał Noémie Paweł Raúl René Renée Sébastien Sofía Sören Søren Stéphane Zoé Zoë
"""

GIVEN_NAMES = frozenset(_NAMES.split())
